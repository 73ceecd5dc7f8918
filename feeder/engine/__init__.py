"""Who does the work: threads here, or a distributed engine.

An engine has three methods. `submit(name, args, key=, dedupe=, not_before=)` takes a step by
name with JSON-able arguments: at most one at a time runs per `key`, at most one waits per
`dedupe`, none before `not_before`. `run_forever(stop)` works until the event is set. `close()`
takes nothing new, finishes what is waiting and due, follow-up steps included, and returns.
"""
