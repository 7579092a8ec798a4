"""Alembic's entry: runs on the connection that `database.migrate` hands over, in its transaction."""

from alembic import context

from alchemist.state.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
