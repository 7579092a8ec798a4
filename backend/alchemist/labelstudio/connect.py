"""Connecting a project to this backend, and seeing what is wrong with the connection (FACTS.md F, LIVE.md 4 and 7)."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from alchemist.core.errors import BadSetting, LabelStudioError, NotFound
from alchemist.labelstudio.client import backend_auth, mapped, ours

BLOCK = "reserved network address"
"""What Label Studio says of an address that it does not send requests to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `doctor`: what was looked at, whether it is well, what was seen, how to mend it."""

    what: str
    good: bool
    seen: str
    mend: str = ""


def check_address(public_url: str) -> None:
    """Raises `BadSetting` for an address that Label Studio cannot send events to (FACTS.md A, "Webhook")."""
    if not public_url:
        raise BadSetting("ALCHEMIST_PUBLIC_URL is not set", "Set it to this server's address as Label Studio sees it.")
    host = urlsplit(public_url).hostname or ""
    if "." not in host and host != "localhost" and ":" not in host:
        raise BadSetting(
            f"Label Studio sends no events to {host!r}: a host name needs a dot",
            "Set ALCHEMIST_PUBLIC_URL to an IP address, localhost, or a name with a dot (an alias such as "
            "alchemist.internal).",
        )


class Connection:
    """One project's connection to the backend at `public_url`; `header` is the Authorization of its events.

    Raises `BadSetting` for a `public_url` that Label Studio cannot send events to, and what `StudioProject` raises.
    """

    def __init__(self, url: str, token: str, public_url: str, user: str, password: str, header: str) -> None:
        check_address(public_url)
        self.url = url.rstrip("/")
        self.public_url = public_url.rstrip("/")
        self.events_url = f"{self.public_url}/webhook"
        self.auth: dict[str, Any] = backend_auth(user, password)
        self.header = header
        with mapped(self.url):  # a personal access token is looked at right here
            self.sdk = LabelStudio(base_url=f"{self.url}/", api_key=token, timeout=30)

    def connect(self, project: int) -> Iterator[str]:
        """Create or repair the ML backend and its one webhook; each thing is told when it is done.

        Raises `NotFound` for a project that the token does not see, `LabelStudioError` for what Label Studio refuses.
        """
        with mapped(self.url):
            yield f"project {project}: {self._project(project).title}"
            with self._unblocked():
                yield from self._backend(project)
                yield from self._webhook(project)

    def _project(self, project: int) -> Any:
        try:
            return self.sdk.projects.get(project)
        except ApiError as error:
            if error.status_code == 404 and isinstance(error.body, dict):  # a page would be another server's
                hint = "A project's number stands in its address: /projects/<number>/."
                raise NotFound(f"Label Studio shows this token no project {project}", hint) from error
            raise

    @contextmanager
    def _unblocked(self) -> Iterator[None]:
        """Says how to start Label Studio where it refuses a local address, as a backend's or as a webhook's."""
        try:
            yield
        except ApiError as error:
            if BLOCK not in str(error.body):
                raise
            raise LabelStudioError(
                f"Label Studio refuses {self.public_url}: URL resolves to a {BLOCK}",
                "Start Label Studio with USE_DEFAULT_BANNED_SUBNETS=false.",
            ) from error

    def _backend(self, project: int) -> Iterator[str]:
        """One ML backend of this address, with the user and password; doubles are deleted."""
        rows: list[Any] = list(self.sdk.ml.list(project=project))
        same = [x for x in rows if self._is_here(x)]
        for double in same[1:]:
            self.sdk.ml.delete(double.id)
            yield f"deleted a doubled ML backend (id {double.id})"
        kept = (same or [x for x in rows if ours(x.model_version)])[:1]
        for row in kept:
            title = row.title or "Alchemist"
            self.sdk.ml.update(row.id, project=project, url=self.public_url, title=title, **self.auth)
            moved = "" if self._is_here(row) else f", which was {row.url}"
            yield f"checked the ML backend {self.public_url} (id {row.id}){moved}"
        if not kept:
            made = self.sdk.ml.create(project=project, url=self.public_url, title="Alchemist", **self.auth)
            yield f"created the ML backend {self.public_url} (id {made.id})"
        for other in [x for x in rows if x not in same and x not in kept]:
            yield f"left alone another ML backend: {other.url} (only one of them predicts)"

    def _webhook(self, project: int) -> Iterator[str]:
        """One webhook that carries the header; doubles are deleted."""
        wanted: dict[str, Any] = {
            "url": self.events_url,
            "headers": {"Authorization": self.header} if self.header else {},
            "send_payload": True,
            "send_for_all_actions": True,
            "is_active": True,
        }
        found = [x for x in self.sdk.webhooks.list(project=str(project)) if self._comes_here(x)]
        for double in found[1:]:
            self.sdk.webhooks.delete(double.id)
            yield f"deleted a doubled webhook (id {double.id})"
        if found:
            self.sdk.webhooks.update(found[0].id, **wanted)
            password = " and its password" if self.header else ""
            yield f"checked the webhook {self.events_url} (id {found[0].id}){password}"
        else:
            made = self.sdk.webhooks.create(project=project, **wanted)
            yield f"created the webhook {self.events_url} (id {made.id})"

    def _is_here(self, backend: Any) -> bool:
        return str(backend.url).rstrip("/") == self.public_url

    def _comes_here(self, hook: Any) -> bool:
        return str(hook.url).rstrip("/") == self.events_url

    def findings(self, project: int) -> Iterator[Finding]:
        """What a look at one project shows. Raises as `connect` does."""
        with mapped(self.url):
            shown = self._project(project)
            rows: list[Any] = list(self.sdk.ml.list(project=project))
            hooks: list[Any] = list(self.sdk.webhooks.list(project=str(project)))
        name, mend = f"project {project}", f"alchemist connect --project {project}"
        mine = [x for x in rows if self._is_here(x) or ours(x.model_version)]
        own = [x for x in hooks if self._comes_here(x)]
        yield self._address_block(bool(own) and any(self._is_here(x) for x in mine))
        yield from self._backends(name, mend, rows, mine)
        yield self._events(f"{name}: webhook", own, mend)
        connected = {f"{str(x.url).rstrip('/')}/webhook" for x in rows}
        addresses = [str(x.url) for x in hooks if x not in own]
        left = [x for x in addresses if x.rstrip("/").endswith("/webhook") and x.rstrip("/") not in connected]
        if left:
            mend = "Delete them in Settings > Webhooks if nothing listens there any more."
            yield Finding(f"{name}: webhooks left behind", False, ", ".join(left), mend)
        yield from _shown(name, shown, mine)

    def _backends(self, name: str, mend: str, rows: list[Any], mine: list[Any]) -> Iterator[Finding]:
        elsewhere = ", ".join(str(x.url) for x in mine if not self._is_here(x))
        seen = f"{len(mine)} of ours among {len(rows)}" + (f", elsewhere: {elsewhere}" if elsewhere else "")
        doubled = f"Delete those at other addresses in Settings > Model: {elsewhere}"
        how = doubled if elsewhere and len(mine) > 1 else mend
        yield Finding(f"{name}: ML backend", len(mine) == 1 and not elsewhere, seen, how)
        if len(rows) > len(mine):
            yield Finding(
                f"{name}: other backends",
                False,
                ", ".join(str(x.url) for x in rows if x not in mine),
                "Only one backend of a project predicts: delete the others in Settings > Model.",
            )
        for row in mine:
            yield Finding(f"{name}: connected", str(row.state) in ("CO", "PR", "TR"), f"state {row.state}", mend)

    def _events(self, what: str, own: list[Any], mend: str) -> Finding:
        seen = f"{len(own)} for {self.events_url}"
        if any((x.headers or {}).get("Authorization", "") != self.header for x in own):
            return Finding(what, False, f"{seen}, with another password", mend)
        if not all(x.is_active for x in own):
            return Finding(what, False, f"{seen}, switched off", mend)
        return Finding(what, len(own) == 1, seen, mend)

    def _address_block(self, taken: bool) -> Finding:
        """Label Studio refuses local addresses unless it is told not to; `taken`: it took backend and webhook.

        Told one half only, it keeps the backend's row and refuses the webhook (LIVE.md 4).
        """
        what, host = "address block", urlsplit(self.public_url).hostname or ""
        if taken:
            return Finding(what, True, "Label Studio takes this address")
        try:
            local = any(ipaddress.ip_address(x[4][0]).is_private for x in socket.getaddrinfo(host, None))
        except (OSError, ValueError):
            return Finding(what, True, f"not known: this machine cannot look up {host}")
        if not local:
            return Finding(what, True, f"{host} is public")
        mend = "Start Label Studio with USE_DEFAULT_BANNED_SUBNETS=false, then run alchemist connect."
        return Finding(what, False, f"{host} is a local address, which Label Studio may refuse", mend)


def _shown(name: str, shown: Any, mine: list[Any]) -> Iterator[Finding]:
    """Whether annotators see the edition's predictions."""
    right = bool(mine) and shown.model_version == mine[0].model_version
    mend = "It is set when the edition is published; press Start Training."
    yield Finding(f"{name}: model version", right, str(shown.model_version or "none"), mend)
    on = bool(shown.show_collab_predictions)
    mend = 'Turn on Settings > Annotation > "Use predictions to prelabel tasks".'
    yield Finding(f"{name}: prelabelling", on, "on" if on else "off", mend)


def token_kind(token: str) -> str:
    """Which kind of token this looks like."""
    if not token:
        return "none"
    return "personal access token" if token.count(".") == 2 else "legacy token"
