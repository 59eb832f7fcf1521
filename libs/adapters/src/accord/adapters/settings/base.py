"""What every service is told."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from accord.adapters.logging.configure import LogFormat
from accord.adapters.settings.values import Address, BranchTargetMap, Coordinator, CoordinatorUrl

PREFIX = "ACCORD_"

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ServiceSettings(BaseSettings):
    """Each field is the variable `ACCORD_` + its name in capitals; a service adds its own and its two addresses.

    The defaults are one machine's: the coordinator and the three services at their fixed ports. A database must be
    named: a default could only be one that is lost with the process, or in a place that nobody chose.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    public_listen: Address = Field(description="host:port for clients")
    branch_listen: Address = Field(description="host:port for the coordinator")
    database: str = Field(
        description="sqlite:////absolute/path.db, sqlite:///relative/path.db, "
        "mysql://user:password@host:3306/database, memory://"
    )
    transactions: CoordinatorUrl = Coordinator("127.0.0.1:36790", "127.0.0.1:36789")
    branch_targets: BranchTargetMap = {
        "order": "dns:127.0.0.1:7101",
        "inventory": "dns:127.0.0.1:7201",
        "payment": "dns:127.0.0.1:7301",
    }
    registry: str = "static://?order=127.0.0.1:7100&inventory=127.0.0.1:7200&payment=127.0.0.1:7300"
    lock: str = "memory://"
    crash_at: str | None = None
    log_format: LogFormat | None = None
    # How long a draining service serves on, so that its callers learn of it; at least their health checks' delay.
    drain_pause: Seconds = 0.5
    # How long calls under way may take after that, over both listeners.
    drain_grace: Seconds = 5.0
