"""One life of a service: its start, its drain, its command line.

What a service writes itself is two short files. `bootstrap.py` fills ports with adapters, in start order::

    async def bootstrap(life: Life, settings: InventorySettings, *, clock: Clock | None = None) -> None:
        crash_points = arm(settings.crash_at, KNOWN_POINTS)
        database = await open_database(life, settings.database, MIGRATIONS)
        branches = Branches(database, crash_points, "inventory", Refusal)
        await life.serve(
            branch=[(add_InventoryBranchServiceServicer_to_server, BranchServicer(branches))],
            public=[
                (add_InventoryServiceServicer_to_server, PublicServicer(database, clock or SystemClock())),
                (add_AuditServiceServicer_to_server, AuditServicer(database)),
            ],
            errors=ERRORS,
        )

`__main__.py` makes a command of it (`python -m accord.services.inventory serve --migrate`)::

    if __name__ == "__main__":
        main("inventory", InventorySettings, bootstrap, MIGRATIONS)

and `config.py` says what the service is told::

    class InventorySettings(ServiceSettings):
        public_listen: Address = "127.0.0.1:7200"
        branch_listen: Address = "127.0.0.1:7201"

Other adapters are `life.dependency("ACCORD_LOCK", lock(settings.lock))`: pinged before the service says SERVING, closed
after the listeners. Whatever else has a beginning and an end is `await life.enter(context_manager)`: entered after
`serve`, it ends before the listeners stop. Work that nobody asks for is `life.poll("expiry", 1.0, batch)`: last of all,
so that a drain ends it first, after its batch.

A component test starts the same bootstrap in its own process::

    settings = InventorySettings(
        public_listen="127.0.0.1:0", branch_listen="127.0.0.1:0", database="memory://", drain_pause=0
    )
    async with started("inventory", settings, bootstrap, clock=FixedClock()) as life:
        channel = grpc.aio.insecure_channel(life.addresses["public"])
"""
