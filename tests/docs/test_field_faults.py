"""Each kind of fault that was found in the field has three tests or more, run on each commit."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from math import prod

import pytest

KINDS = {
    "aiohttp with the URLs written in": (
        "tests/transports/test_hard_coded.py::test_a_call_is_answered",
        "tests/transports/test_hard_coded.py::test_a_session_of_aiohttp_keeps_its_own_connector",
        "tests/transports/test_hard_coded.py::test_a_form_of_aiohttp_arrives_whole",
    ),
    "an answer of a web application or a command that carries the code": (
        "tests/contract/test_applications.py::test_what_the_tests_own_function_accepts_is_accepted",
        "tests/contract/test_applications.py::"
        "test_a_body_or_an_output_carries_the_code_that_it_tells",
        "tests/contract/test_applications.py::"
        "test_an_error_that_does_not_carry_the_code_names_the_way_out",
    ),
    "the archive of a download, with its length, by HEAD and by every library": (
        "tests/transports/test_archives.py::test_progress_is_told_from_the_length",
        "tests/transports/test_archives.py::test_every_library_gets_the_same",
        "tests/transports/test_archives.py::test_it_is_copied_to_a_file_by_urllib",
    ),
    "a cassette of vcrpy inside the fake": (
        "tests/transports/test_other_hosts.py::"
        "test_a_call_inside_a_cassette_reaches_the_fake_and_is_not_kept",
        "tests/transports/test_other_hosts.py::test_the_base_url_is_reached_inside_a_cassette",
        "tests/transports/test_other_hosts.py::"
        "test_a_cassette_that_was_opened_inside_is_as_ever_after_the_fake",
    ),
    "a client of a whole session, with a base URL": (
        "tests/integration/test_session_urls.py::"
        "test_the_url_of_one_test_leads_to_the_fake_of_each_later_one",
        "tests/integration/test_session_urls.py::"
        "test_a_client_of_a_session_finds_the_fake_of_each_test",
        "tests/integration/test_session_urls.py::"
        "test_settings_that_are_read_at_import_know_the_url",
    ),
    "a wait of the standard library's that calls another one": (
        "tests/virtual_time/test_waits.py::test_a_wait_moves_the_clock_and_takes_no_time",
    ),
    "a deadline by a clock that tells text or a tuple": (
        "tests/virtual_time/test_wall_clock.py::"
        "test_a_client_that_gives_up_after_a_minute_by_any_clock_is_bounded",
        "tests/virtual_time/test_wall_clock.py::test_every_way_to_ask_for_the_time_tells_the_same",
    ),
    "a sleep that Python refuses, or one of centuries": (
        "tests/virtual_time/test_lengths.py::test_what_cpython_refuses_is_refused_in_its_words",
        "tests/virtual_time/test_lengths.py::test_whatever_was_slept_later_tests_have_a_clock",
    ),
    "a client that asks in a forked child": (
        "tests/transports/test_forks.py::test_a_refusal_in_the_child_fails_the_test",
        "tests/transports/test_forks.py::test_a_stub_reaches_the_child_and_counts_in_the_parent",
        "tests/transports/test_forks.py::test_each_child_of_a_pool_is_answered",
        "tests/transports/test_forks.py::test_the_wait_of_a_child_is_a_wait_for_the_parent",
    ),
    "a library that a test hides, and a setup that fails": (
        "tests/transports/test_start.py::test_a_library_that_a_test_hides_is_not_there",
        "tests/transports/test_start.py::test_a_tool_whose_library_a_test_hides_may_be_there",
        "tests/transports/test_start.py::test_a_start_that_fails_undoes_all_it_did",
    ),
    "a sleep that a test has mocked": (
        "tests/virtual_time/test_foreign.py::test_a_decorator_may_mock_it",
        "tests/virtual_time/test_foreign.py::"
        "test_a_fixture_may_replace_it_for_a_mark_a_clock_and_a_block",
        "tests/virtual_time/test_foreign.py::"
        "test_a_replaced_sleep_sees_its_calls_and_the_verdict_is_the_same",
    ),
    "another connection that is open in the loop": (
        "tests/virtual_time/test_loops.py::test_a_client_in_such_a_loop_retries_in_virtual_time",
        "tests/virtual_time/test_loops.py::test_what_else_is_open_in_the_loop_makes_no_sleep_real",
    ),
    "another host or version of Flipsnack's": (
        "tests/transports/test_other_hosts.py::test_a_stub_inside_the_fake_answers",
        "tests/transports/test_other_hosts.py::test_a_stub_around_the_fake_answers",
        "tests/transports/test_other_hosts.py::test_pytest_httpx_answers_set_up_before",
        "tests/transports/test_other_hosts.py::test_pytest_httpx_answers_set_up_after",
    ),
    "an example that Hypothesis rejected": (
        "tests/integration/test_examples.py::test_a_code_of_rejected_examples_is_not_exercised",
        "tests/integration/test_examples.py::"
        "test_a_code_of_examples_that_a_filter_rejected_is_not_exercised",
        "tests/integration/test_examples.py::"
        "test_a_code_of_an_example_that_failed_as_expected_is_not_exercised",
    ),
    "the report of an older run, after one that died or never began": (
        "tests/integration/test_older_reports.py::test_a_run_that_dies_leaves_no_older_verdict",
        "tests/integration/test_older_reports.py::"
        "test_a_run_that_never_begins_leaves_no_older_verdict",
        "tests/integration/test_older_reports.py::test_a_usage_error_leaves_no_older_verdict",
    ),
    "a report that goes to a pipe, a device or a link": (
        "tests/coverage/test_report_places.py::test_a_pipe_is_written_to_and_stays_one",
        "tests/coverage/test_report_places.py::test_a_device_is_written_to_and_stays_one",
        "tests/coverage/test_report_places.py::test_a_link_leads_to_the_report",
        "tests/coverage/test_report_places.py::test_a_planted_link_is_not_followed",
    ),
    "a secret in the plugin's own words": (
        "tests/transports/test_no_secrets.py::test_no_object_shows_a_secret",
        "tests/transports/test_no_secrets.py::"
        "test_no_warning_of_a_late_request_shows_a_secret_or_forges_a_line",
        "tests/transports/test_no_secrets.py::"
        "test_no_line_of_the_access_log_shows_a_secret_or_forges_a_line",
        "tests/transports/test_no_secrets.py::"
        "test_no_answer_of_the_control_endpoints_shows_a_secret",
    ),
    "a thread that waits for a file, or beats, beside a sleep": (
        "tests/virtual_time/test_background.py::"
        "test_a_sleep_ends_within_half_a_second_and_is_as_long_as_it_was_asked_for",
        "tests/virtual_time/test_busy_threads.py::"
        "test_a_thread_that_asks_a_queue_again_and_again_holds_up_only_the_first_sleep",
        "tests/virtual_time/test_busy_threads.py::"
        "test_a_thread_that_waits_nobody_knows_for_what_costs_little",
    ),
    "a signal that ends the served fake": (
        "tests/cli/test_serve_ends.py::test_signals_at_once_end_it_with_its_hits_written",
        "tests/cli/test_serve_ends.py::test_a_closed_terminal_ends_it_with_its_hits_written",
        "tests/cli/test_serve_ends.py::test_nohup_keeps_it_serving",
    ),
    "a control request of a web page": (
        "tests/cli/test_serve_web_pages.py::test_a_web_page_is_refused",
    ),
    "a log of the served fake that nobody reads": (
        "tests/cli/test_serve_ends.py::"
        "test_a_log_that_nobody_reads_stops_no_answer_and_loses_no_hit",
        "tests/cli/test_serve_ends.py::test_findings_that_nobody_reads_lose_no_hit",
        "tests/cli/test_serve_ends.py::test_it_serves_without_any_log",
    ),
    "shards of a suite": (
        "tests/integration/test_shards.py::"
        "test_shards_that_leave_tests_out_in_any_way_pass_the_gate_together",
        "tests/integration/test_narrowing.py::"
        "test_a_run_in_which_a_plugin_or_conftest_left_tests_out_is_narrowed",
    ),
    "a sleep of a thread that begins between two blocks": (
        "tests/virtual_time/test_background.py::"
        "test_a_thread_of_the_client_that_sleeps_between_the_blocks_holds_up_none",
    ),
    "a sleep that is longer than it was asked for": (
        "tests/virtual_time/test_background.py::"
        "test_real_time_counts_towards_a_sleep_and_not_on_top_of_it",
        "tests/virtual_time/test_background.py::"
        "test_a_limiter_that_keeps_to_its_rate_is_never_answered_31",
        "tests/virtual_time/test_background.py::"
        "test_sleeps_of_fifty_threads_end_in_order_and_each_in_its_time",
    ),
    "a sleep that is replaced after the fake has begun": (
        "tests/virtual_time/test_foreign.py::"
        "test_it_may_be_replaced_for_the_whole_block_and_beyond",
        "tests/virtual_time/test_foreign.py::"
        "test_a_replaced_sleep_sees_its_calls_and_the_verdict_is_the_same",
        "tests/virtual_time/test_foreign.py::"
        "test_a_sleep_that_was_imported_by_name_may_be_replaced_too",
    ),
    "several that write one report": (
        "tests/coverage/test_report_places.py::"
        "test_of_reports_that_are_written_at_once_each_reader_sees_a_whole_one",
        "tests/coverage/test_report_places.py::"
        "test_a_report_that_another_run_writes_meanwhile_fails_neither",
    ),
    "an upload that costs much more than itself": (
        "tests/fake/test_uploads.py::"
        "test_a_large_upload_is_read_and_judged_in_three_times_its_size",
        "tests/fake/test_uploads.py::test_no_pages_are_counted_in_what_is_no_whole_pdf",
        "tests/fake/test_uploads.py::test_a_fake_that_runs_for_long_keeps_no_files",
        "tests/transports/test_served_uploads.py::"
        "test_a_large_upload_is_never_whole_in_memory_nor_kept",
    ),
}
"""What was wrong, and the tests that hold its first input and two more of its kind."""


def find(name: str) -> Callable[..., object] | None:
    path, _, test = name.partition("::")
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    found: Callable[..., object] | None = getattr(module, test, None)
    return found


def marks(test: Callable[..., object]) -> list[pytest.Mark]:
    found: list[pytest.Mark] = getattr(test, "pytestmark", [])
    return found


def cases(test: Callable[..., object]) -> int:
    """Return how many cases the marks of a test make."""
    return prod(len(mark.args[1]) for mark in marks(test) if mark.name == "parametrize")


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_of_the_field_has_three_tests(kind: str) -> None:
    tests = {name: find(name) for name in KINDS[kind]}

    assert [name for name, test in tests.items() if test is None] == []
    there = [test for test in tests.values() if test is not None]
    assert [mark for test in there for mark in marks(test) if mark.name == "nightly"] == []
    assert sum(map(cases, there)) >= 3
