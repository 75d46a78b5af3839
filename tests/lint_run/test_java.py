"""Each mistake that lint finds in Java is one: Debian's Spring 4.3 and a servlet run with it, and without it, in Jetty."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.lint.cases import Case, named
from tests.lint.java_cases import CASES
from tests.lint_run.reading import reads
from tests.recipes.contract import free_port, need, running
from tests.recipes.test_spring import CLASSPATH, JARS

MAIN = """\
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import javax.servlet.DispatcherType;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.FilterHolder;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

class Items extends HttpServlet {
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        SERVLET
        response.getWriter().print("hello");
    }
}

public class Main {
    static CorsConfiguration made() {
        CorsConfiguration config = new CorsConfiguration();
        config.setAllowedMethods(Arrays.asList("GET"));
        SPRING
        return config;
    }

    public static void main(String[] args) throws Exception {
        var context = new ServletContextHandler();
        if (!CASE_IS_SERVLET) {
            var source = new UrlBasedCorsConfigurationSource();
            source.registerCorsConfiguration("/**", made());
            context.addFilter(new FilterHolder(new CorsFilter(source)), "/*", EnumSet.of(DispatcherType.REQUEST));
        }
        context.addServlet(new ServletHolder(new Items()), "/*");
        var server = new Server(new java.net.InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])));
        server.setHandler(context);
        server.start();
        server.join();
    }
}
"""


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_mistake_is_one(case: Case, tmp_path: Path) -> None:
    need("javac", "a JDK")
    jars = [JARS / f"{name}.jar" for name in CLASSPATH]
    need(all(jar.is_file() for jar in jars), "Debian's libspring-web-java, libspring-context-java and libjetty9-java")
    classpath = ":".join([str(tmp_path), *map(str, jars)])
    servlet = case.id.startswith("servlet")
    for body, expected in ((case.bad, case.reads), (case.good, not case.reads)):
        text = MAIN.replace("        SERVLET", body if servlet else "", 1).replace("SPRING", "" if servlet else body, 1)
        (tmp_path / "Main.java").write_text(text.replace("CASE_IS_SERVLET", str(servlet).lower()))
        command = ["javac", "-nowarn", "-cp", classpath, "-d", str(tmp_path), "Main.java"]
        subprocess.run(command, cwd=tmp_path, check=True)
        port = free_port()
        with running(["java", "-cp", classpath, "Main", str(port)], port, tmp_path) as url:
            assert reads(url, case) is expected
