"""gRPC as this project serves and calls it: two listeners, one wrapper around every call, one table of errors, health.

A service never touches `grpc.aio.server`. It hands its servicers to `Life.serve` (accord.adapters.service, where the
whole example stands), each with the function that the generated code has for it::

    await life.serve(
        branch=[(add_InventoryBranchServiceServicer_to_server, BranchServicer(branches))],
        public=[(add_InventoryServiceServicer_to_server, PublicServicer(database))],
        errors=ERRORS,
    )

Its `entrypoints/errors.py` is the one place where domain errors become statuses::

    ERRORS = ErrorTable({
        ItemNotFound: (StatusCode.NOT_FOUND, "ITEM_NOT_FOUND"),
        NotEnoughStock: (StatusCode.FAILED_PRECONDITION, "NOT_ENOUGH_STOCK"),
    })

Servicers are plain: they read a valid request, call a use case and raise what it raises. Around each call stands this:

- bytes that are no such message, and public requests that break the rules of their proto file, are INVALID_ARGUMENT;
- an error is answered by the table, and always carries `google.rpc.ErrorInfo(reason, domain="accord")`;
- on the branch listener `dtm_client.branch.context.current_branch()` is the call, and `BranchError`s are told to DTM;
- one log line a call; the drain waits for its end.

Nothing here passes deadlines on: a call whose time is up is cancelled, and with it whatever it awaits.
"""
