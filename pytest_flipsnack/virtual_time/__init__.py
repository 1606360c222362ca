"""A clock that sleeps move: it knows nothing of Flipsnack, and nothing of pytest.

`patching` switches what a function does, `functions` says what each one does in virtual time,
`threads`, `loops` and `trio_tasks` decide when a wait has ended, `real_waits` names what really
waited, and `clock` is what a caller holds. `docs/virtual-time.md` tells what moves and why.
"""
