"""All kinds, in the order in which `corsdoctor rules` lists them."""

from __future__ import annotations

from typing import Final

from corsdoctor.kinds.csp import CSP
from corsdoctor.kinds.loading import LOADING
from corsdoctor.kinds.network import NETWORK
from corsdoctor.kinds.policies import POLICIES
from corsdoctor.kinds.reading import READING
from corsdoctor.kinds.servers import SERVERS

KINDS: Final = (*CSP, *POLICIES, *LOADING, *NETWORK, *SERVERS, *READING)
BY_ID: Final = {kind.id: kind for kind in KINDS}
