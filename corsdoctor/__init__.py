"""Says what browsers make of a cross-origin request, and which rule of the Fetch Standard decided.

    import corsdoctor

    result = corsdoctor.check("https://api.example/items", origin="https://app.example")
    result.allowed                      # a bool; also: blocked, verdict, rule, readable, preflight
    print(result.report)                # what `corsdoctor check` prints
    result.diagnoses[0].failure         # the Step that decided, with its rule and evidence

docs/python.md says more. `corsdoctor.diagnose.diagnose` does the same without a network: it takes the function that answers.

In one sentence the house is a pure function from (what a page's script asked, what the servers answered, which browser)
to a list of steps with a verdict, wrapped in thin input and output at both ends:

    flags -> Scenario -> fetch/* (a generator) -> Trace -> Diagnosis -> Report -> text
                          |  ^
       yields a request   v  |   is sent the answer: by transport/live, by a record, by a test

Imports go down only. This is the list of rooms and floors that tests/test_architecture.py reads to prove it. The
docstring of a room that has several files names each of them:

    19 __init__        this map, and what `import corsdoctor` offers
       __main__        python -m corsdoctor
    18 pytest_plugin   the fixture `cors`
    17 cli             the commands; errors become exit statuses
       api             check(), fix() and run_policy(), for programs
    16 results_file    reads the requests of a policy, or of results that were written
    15 policy_run      runs the cases of a policy
       policy_file     reads a policy file and the environment
       flow_file       reads a file that describes a flow
       lint_file       opens and parses the files that lint reads
       lab_page        the lab's page, which runs its scenes in the user's browser
    14 capture_file    opens a HAR file, or an archive of one
       batch           many requests, in order and at a pace, on threads or on a cluster
       arguments       what a Python program passes
       hints           what must change, and the command that prints it, for blocked reports
       fixing          reports with the cure, as configuration of the user's server
       structured_file  parses a file in TOML, JSON or YAML, with the line of each value
    13 cookie_file     reads the cookie jar that a user names
    12 transport       sends over HTTP: the only room that imports requests
       witness         has real browsers do a request, and records what they send
       console         what a console message says, in the words of each browser
       reports         one file a format, each with a writer
       lab             replays examples of headers on loopback; knows no CORS
       command_line    the command that checks a request, and those of other tools that send it
       opening         opens the files that a user names
    11 levels          how a report counts: passed, failed, ...; the levels of --fail-on
    10 lint            what is wrong on its face in configuration and source
       report          Report, Problem: what a report is about
       findings        what went wrong or is worth knowing, grouped by what browsers report alike
    9  captures        HAR files: requests, recorded answers, and the verdicts on them
       quirk           which quirk of a browser decided
       suite           a policy file's cases: what is expected, and the verdict on it
    8  audit           what policy a server really has, and who could abuse it
       flow            a story of visits and requests: reads it, and runs it in each browser
       observed        what a real browser did, and how that differs from what was predicted
       recipes         header lines as the configuration of servers
       cure            the smallest change of the responses that turns a request green
    7  causes          why a request failed, by evidence, and the probes that tell causes apart
       listed          a line of a list of URLs that holds more than a URL
       page_request    requests the page that makes a request, for its policies
       plan            what would be sent, and what the server must answer
       request_object  reads the values of a JSON object that describes a request
    6  reading_networks  reads what a user says about networks: permissions and address spaces
       reading_cookies  reads the cookies that a user gives
       request_fields  what each field of a request is called, and which API can set it
       value_path      the path to a value in a parsed file
       diagnose        drives the generator, and withholds what may change data; Verdict, Diagnosis
    5  catalogue       all rules
       reading         what a user typed: an origin, a URL, a header, ...
       predict         what a browser's console prints
       step_sentences  the sentence of a step, from its rule and the values received
    4  fetch           the algorithms of the Fetch Standard, each in a function of its name, with its rules
    3  browsers        how browsers differ, as data
       kinds           what a console message is about that only looks like CORS, and what to do
       egress          which of the user's secrets a request carries to which origin
       wrong_input     the mistakes in what a user typed: what an error shows of them, and what was probably meant
    2  rule            Rule, Step, Trace
       scenario        what the script asked for
       message         what a console message says, as data
       policy          what a server must allow, whatever its configuration is written in
       recorded        answers of servers, looked up by request
       masking         finds the secrets in a value and masks them
    1  wire            what crosses the network
       url             URLs and origins
       errors          what can go wrong that is not a diagnosis
    0  version         the version of this package
       host            what is known of a host by its name: its registrable domain, its address
       visible         what may be printed as it is; the escapes for the rest
       sentence        a sentence that knows its values
       pattern         a regular expression that is compiled when it is first used
       lazy            an attribute that is computed when it is first read
       record          a named tuple that is defined fast: the base of every record

Floors 0 to 11 know no clock, no environment, no file and no socket.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from corsdoctor.version import __version__

if TYPE_CHECKING:
    from corsdoctor.api import CaseResult, Fix, PolicyResult, Result, Session, check, fix, run_policy
    from corsdoctor.browsers import BROWSERS
    from corsdoctor.diagnose import Diagnosis, Verdict
    from corsdoctor.errors import CorsDoctorError, InvalidScenario
    from corsdoctor.report import Report
    from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario

__all__ = [
    "BROWSERS",
    "Api",
    "CaseResult",
    "CorsDoctorError",
    "Credentials",
    "Diagnosis",
    "Fix",
    "InvalidScenario",
    "Mode",
    "PolicyResult",
    "Redirect",
    "Report",
    "Result",
    "Scenario",
    "Session",
    "Verdict",
    "__version__",
    "check",
    "fix",
    "run_policy",
]

_HOMES = {
    "BROWSERS": "browsers",
    "Api": "scenario",
    "CaseResult": "api",
    "CorsDoctorError": "errors",
    "Credentials": "scenario",
    "Diagnosis": "diagnose",
    "Fix": "api",
    "InvalidScenario": "errors",
    "Mode": "scenario",
    "PolicyResult": "api",
    "Redirect": "scenario",
    "Report": "report",
    "Result": "api",
    "Scenario": "scenario",
    "Session": "api",
    "Verdict": "diagnose",
    "check": "api",
    "fix": "api",
    "run_policy": "api",
}


def __getattr__(name: str) -> Any:
    """Loads what is asked for: `import corsdoctor` alone loads next to nothing."""
    if name in _HOMES:
        return getattr(import_module(f"corsdoctor.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'corsdoctor' has no attribute {name!r}")
