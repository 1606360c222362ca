"""Misspelt names, each with the error code of mypy and the words that its message has."""

from pytest_flipsnack import ClientContract, Flipsnack, Settings, call


class TestAcme(ClientContract):
    error = "FlipsnackError"  # assignment "str"
    raises = {"31": KeyError}  # dict-item "str" "int"
    returns = {"46": None}  # dict-item "str" "int"
    retries = {31: "forbiden"}  # dict-item 'forbiden' 'forbidden'
    polls = ["collection.download"]  # list-item 'collection.download' 'collection.downloadHTML'
    waits_out_38 = ["collection.updates"]  # list-item 'collection.updates'
    pages = {"colection.getList": 50}  # dict-item 'colection.getList' 'collection.getList'
    max_requests = "1000"  # assignment "str" "int"
    urls = [None]  # list-item "None" "str"
    without = ["timeot"]  # list-item 'timeot' 'timeout'

    @call("collection.getlist")  # arg-type 'collection.getlist' 'collection.getList'
    def get_list(self) -> object: ...


def test_steering(flipsnack: Flipsnack) -> None:
    flipsnack.respond(31, action="colection.getList")  # arg-type 'colection.getList'
    flipsnack.always(31, action="user.getstats")  # arg-type 'user.getstats' 'user.getStats'
    flipsnack.fail("rest")  # arg-type 'rest' 'reset'
    flipsnack.fail("reset", action="user")  # arg-type 'user' 'user.getStats'
    flipsnack.configure(procesing_s=1)  # call-arg "procesing_s" "processing_s"
    flipsnack.configure(processing_s="1")  # arg-type "str" "float"
    flipsnack.configure(signature_order="asci")  # arg-type 'asci' 'ascii'
    flipsnack.expect(31, action="user.getstats")  # arg-type 'user.getstats'
    flipsnack.expect(31, retries="allow")  # arg-type 'allow' 'allowed'
    Settings(unknown_hash=48)  # arg-type Literal[48]
