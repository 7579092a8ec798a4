"""Connecting a project to this backend, and seeing what is wrong with the connection (FACTS.md F, LIVE.md 4 and 7)."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from alchemist.core.errors import BadSetting, LabelStudioError, NotFound
from alchemist.labelstudio.client import backend_auth, mapped, ours


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `doctor`: what was looked at, whether it is well, what was seen, how to mend it."""

    what: str
    good: bool
    seen: str
    mend: str = ""


class Connection:
    """One project's connection to the backend at `public_url`."""

    def __init__(self, url: str, token: str, public_url: str, user: str, password: str, header: str) -> None:
        self.url = url.rstrip("/")
        self.public_url = public_url.rstrip("/")
        self.user = user
        self.password = password
        self.header = header
        self.sdk = LabelStudio(base_url=self.url, api_key=token, timeout=30)

    def connect(self, project: int) -> list[str]:
        """Create or repair the ML backend and its one webhook; what was done, a line each.

        Raises `NotFound` for a project that the token does not see, `BadSetting` for an address that Label Studio
        cannot send events to, `LabelStudioError` for what it refuses.
        """
        self._check_address()
        with mapped(self.url):
            try:
                title = self.sdk.projects.get(project).title
            except ApiError as error:
                if error.status_code == 404:
                    raise NotFound(
                        f"Label Studio has no project {project}", "alchemist project list shows them."
                    ) from error
                raise
            return [f"project {project}: {title}", *self._backend(project), *self._webhook(project)]

    def _check_address(self) -> None:
        host = urlsplit(self.public_url).hostname or ""
        if "." not in host and host != "localhost" and ":" not in host:
            raise BadSetting(
                f"Label Studio sends no events to {host!r}: a host name needs a dot",
                "Set ALCHEMIST_PUBLIC_URL to an IP address, localhost, or a name with a dot (an alias such as "
                "alchemist.internal).",
            )

    def _backend(self, project: int) -> Iterator[str]:
        """One ML backend of this address, with the user and password; doubles are deleted."""
        rows: list[Any] = list(self.sdk.ml.list(project=project))
        same = [x for x in rows if str(x.url).rstrip("/") == self.public_url]
        for double in same[1:]:
            self.sdk.ml.delete(double.id)
            yield f"deleted a doubled ML backend (id {double.id})"
        moved = [x for x in rows if x not in same and ours(x.model_version)]
        auth: dict[str, Any] = backend_auth(self.user, self.password)
        try:
            if same or moved:
                row = (same or moved)[0]
                self.sdk.ml.update(row.id, project=project, url=self.public_url, title=row.title, **auth)
                yield f"checked the ML backend {self.public_url} (id {row.id})"
            else:
                made = self.sdk.ml.create(project=project, url=self.public_url, title="Alchemist", **auth)
                yield f"created the ML backend {self.public_url} (id {made.id})"
        except ApiError as error:
            if "reserved network address" in str(error.body):
                raise LabelStudioError(
                    f"Label Studio refuses {self.public_url}: URL resolves to a reserved network address",
                    "Start Label Studio with USE_DEFAULT_BANNED_SUBNETS=false.",
                ) from error
            raise
        others = [x for x in rows if x not in same and x not in ([] if same else moved[:1])]
        for other in others:
            yield f"left alone another ML backend: {other.url} (only one of them predicts)"

    def _webhook(self, project: int) -> Iterator[str]:
        """One webhook that carries the header; doubles are deleted."""
        address = f"{self.public_url}/webhook"
        headers = {"Authorization": self.header} if self.header else {}
        found = [x for x in self.sdk.webhooks.list(project=str(project)) if str(x.url).rstrip("/") == address]
        for double in found[1:]:
            self.sdk.webhooks.delete(double.id)
            yield f"deleted a doubled webhook (id {double.id})"
        if found:
            self.sdk.webhooks.update(
                found[0].id, url=address, headers=headers, send_payload=True, send_for_all_actions=True, is_active=True
            )
            yield f"checked the webhook {address} (id {found[0].id}){' and its password' if headers else ''}"
        else:
            made = self.sdk.webhooks.create(
                project=project, url=address, headers=headers, send_payload=True, send_for_all_actions=True
            )
            yield f"created the webhook {address} (id {made.id})"

    def findings(self, project: int) -> Iterator[Finding]:
        """What a look at one project shows."""
        with mapped(self.url):
            shown = self.sdk.projects.get(project)
            rows: list[Any] = list(self.sdk.ml.list(project=project))
            hooks = [x for x in self.sdk.webhooks.list(project=str(project)) if "/webhook" in str(x.url)]
        name = f"project {project}"
        yield self._address_block([x for x in rows if str(x.url).rstrip("/") == self.public_url])
        mine = [x for x in rows if str(x.url).rstrip("/") == self.public_url or ours(x.model_version)]
        mend = f"alchemist connect --project {project}"
        elsewhere = [x for x in mine if str(x.url).rstrip("/") != self.public_url]
        doubled = "Delete those at other addresses in Settings > Model: " + ", ".join(str(x.url) for x in elsewhere)
        how = doubled if elsewhere and len(mine) > 1 else mend
        yield Finding(f"{name}: ML backend", len(mine) == 1, f"{len(mine)} of ours among {len(rows)}", how)
        if len(rows) > len(mine):
            yield Finding(
                f"{name}: other backends",
                False,
                ", ".join(str(x.url) for x in rows if x not in mine),
                "Only one backend of a project predicts: delete the others in Settings > Model.",
            )
        for row in mine:
            yield Finding(f"{name}: connected", str(row.state) in ("CO", "PR", "TR"), f"state {row.state}", mend)
        own = [x for x in hooks if str(x.url).rstrip("/") == f"{self.public_url}/webhook"]
        seen = f"{len(own)} for {self.public_url}/webhook"
        if any((x.headers or {}).get("Authorization", "") != self.header for x in own):
            yield Finding(f"{name}: webhook", False, f"{seen}, with another password", mend)
        elif not all(x.is_active for x in own):
            yield Finding(f"{name}: webhook", False, f"{seen}, switched off", mend)
        else:
            yield Finding(f"{name}: webhook", len(own) == 1, seen, mend)
        stale = [x for x in hooks if x not in own]
        if stale:
            yield Finding(
                f"{name}: webhooks left behind",
                False,
                ", ".join(str(x.url) for x in stale),
                "Delete them in Settings > Webhooks if nothing listens there any more.",
            )
        right = bool(mine) and shown.model_version == mine[0].model_version
        yield Finding(
            f"{name}: model version",
            right,
            str(shown.model_version or "none"),
            "It is set when the edition is published; press Start Training.",
        )
        yield Finding(
            f"{name}: prelabelling",
            bool(shown.show_collab_predictions),
            "on" if shown.show_collab_predictions else "off",
            'Turn on Settings > Annotation > "Use predictions to prelabel tasks".',
        )

    def _address_block(self, connected: list[Any]) -> Finding:
        """Label Studio refuses backends on local addresses unless it is told not to (LIVE.md 4)."""
        host = urlsplit(self.public_url).hostname or ""
        try:
            local = any(ipaddress.ip_address(x[4][0]).is_private for x in socket.getaddrinfo(host, None))
        except (OSError, ValueError):
            local = False
        if connected or not local:
            return Finding(
                "address block", True, "Label Studio takes this address" if connected else f"{host} is public"
            )
        mend = "Start Label Studio with USE_DEFAULT_BANNED_SUBNETS=false, then run alchemist connect."
        return Finding("address block", False, f"{host} is a local address, which Label Studio may refuse", mend)


def token_kind(token: str) -> str:
    """Which kind of token this looks like."""
    if not token:
        return "none"
    return "personal access token" if token.count(".") == 2 else "legacy token"
