"""What calls of the language model cost and what came of them; documents that an admin gave a project."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add columns, indexes and a table."""
    op.add_column("llm_calls", sa.Column("tokens_cached", sa.Integer))
    op.add_column("llm_calls", sa.Column("usd", sa.Float))
    op.add_column("llm_calls", sa.Column("priced", sa.Text, nullable=False, server_default=""))
    op.add_column("llm_calls", sa.Column("source", sa.String(80), nullable=False, server_default=""))
    op.add_column("llm_calls", sa.Column("settled", sa.Boolean, nullable=False, server_default=sa.true()))
    op.create_index("calls_by_usd", "llm_calls", ["project", "usd"])
    op.create_index("calls_by_length", "llm_calls", ["purpose", "model", "tokens_out"])
    op.create_table(
        "documents",
        sa.Column("project", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("added_at", sa.Float, nullable=False),
    )
