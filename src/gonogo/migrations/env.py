"""Alembic's entry: runs the revisions on the connection that ``migrate_database`` hands over.

From a shell (``alembic -x home=DIR current``) it opens the data folder's database itself.
"""

from alembic import context

from gonogo.kernel.config import load_config
from gonogo.kernel.db.sqlite import open_engine
from gonogo.kernel.db.tables import metadata


def run_migrations() -> None:
    """Run on the given connection, or on one of our own when called from the command line."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _run_on(connection)
        return
    home = context.get_x_argument(as_dictionary=True).get("home")
    with open_engine(load_config(home=home).database_path).connect() as own:
        _run_on(own)
        own.commit()


def _run_on(connection: object) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)  # type: ignore[arg-type]
    with context.begin_transaction():
        context.run_migrations()


run_migrations()
