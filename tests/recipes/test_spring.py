"""Spring's CorsFilter in Jetty, with Debian's packages: Spring 4.3, whose CorsConfiguration has what the recipe calls."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import POLICIES, Contract, Serve, free_port, need, recipe, running

JARS: Final = Path("/usr/share/java")  # where Debian's packages are
CLASSPATH: Final = [
    *("spring3-beans", "spring3-context", "spring3-core", "spring3-web", "commons-logging", "servlet-api"),
    *("jetty9-http", "jetty9-io", "jetty9-security", "jetty9-server", "jetty9-servlet", "jetty9-util"),
]
MAIN: Final = """\
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import javax.servlet.DispatcherType;
import javax.servlet.Filter;
import javax.servlet.FilterChain;
import javax.servlet.FilterConfig;
import javax.servlet.ServletException;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.FilterHolder;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.springframework.web.filter.CorsFilter;

class Varies implements Filter {  // as Spring does since version 5.2: 4.3 sends it only to origins that it allows
    public void init(FilterConfig config) {}
    public void destroy() {}
    public void doFilter(ServletRequest asked, ServletResponse given, FilterChain chain) throws IOException, ServletException {
        ((HttpServletResponse) given).addHeader("Vary", "Origin");
        chain.doFilter(asked, given);
    }
}

class Login implements Filter {
    public void init(FilterConfig config) {}
    public void destroy() {}
    public void doFilter(ServletRequest asked, ServletResponse given, FilterChain chain) throws IOException, ServletException {
        var request = (HttpServletRequest) asked;
        if (request.getRequestURI().equals("/private") && request.getHeader("Authorization") == null) {
            ((HttpServletResponse) given).setStatus(401);
        } else {
            chain.doFilter(asked, given);
        }
    }
}

class Items extends HttpServlet {
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int status = Map.of("/items", 200, "/broken", 500, "/private", 200).getOrDefault(request.getRequestURI(), 404);
        response.setHeader("X-Total-Count", "42");
        response.setStatus(request.getMethod().equals("OPTIONS") ? 405 : status);
    }
}

public class Main {
    public static void main(String[] args) throws Exception {
        var context = new ServletContextHandler();
        var every = EnumSet.of(DispatcherType.REQUEST);
        if (!args[0].equals("none")) {
            var source = args[0].equals("full") ? full.Made.source() : args[0].equals("simple") ? simple.Made.source() : open.Made.source();
            context.addFilter(new FilterHolder(new Varies()), "/*", every);
            context.addFilter(new FilterHolder(new CorsFilter(source)), "/*", every);
        }
        context.addFilter(new FilterHolder(new Login()), "/*", every);
        context.addServlet(new ServletHolder(new Items()), "/*");
        var server = new Server(new java.net.InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])));
        server.setHandler(context);
        server.start();
        server.join();
    }
}
"""
MADE: Final = """\
package NAME;

public class Made {
    public static org.springframework.web.cors.UrlBasedCorsConfigurationSource source() {
        return new CorsConfig().corsConfigurationSource();
    }
}
"""
PACKAGES: Final = {"full": "full", "simple": "simple", "public": "open"}
"""The Java package with the recipe for each policy: `public` is a word of the language."""


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("javac", "a JDK")
    jars = [JARS / f"{name}.jar" for name in CLASSPATH]
    need(all(jar.is_file() for jar in jars), "Debian's libspring-web-java, libspring-context-java and libjetty9-java")
    folder = tmp_path_factory.mktemp("spring")
    (folder / "Main.java").write_text(MAIN)
    for name, package in PACKAGES.items():
        config, mark, _ = recipe("spring", POLICIES[name]).partition("// where the SecurityFilterChain is built")
        assert mark
        (folder / package).mkdir()
        (folder / package / "CorsConfig.java").write_text(f"package {package};\n{config}")
        (folder / package / "Made.java").write_text(MADE.replace("NAME", package))
    classpath = ":".join([str(folder), *map(str, jars)])
    subprocess.run(["javac", "-nowarn", "-cp", classpath, "-d", str(folder), "Main.java"], cwd=folder, check=True)
    (folder / "classpath").write_text(classpath)
    return folder


class TestSpring(Contract):
    @pytest.fixture
    def serve(self, program: Path, tmp_path: Path) -> Serve:
        @contextmanager
        def started(policy: Policy | None) -> Iterator[str]:
            name = next((name for name, value in POLICIES.items() if value == policy), "none")
            port = free_port()
            command = ["java", "-cp", (program / "classpath").read_text(), "Main", name]
            with running([*command, str(port)], port, tmp_path) as url:
                yield url

        return started
