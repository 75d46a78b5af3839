"""Reads configuration and source, and finds CORS settings that are wrong whatever the server gets. Nothing is sent or run.

    found             a finding: a weakness with its place in the file, and a file with its findings
    mistakes          the weaknesses that only a file shows; the others are those of the audit
    patterns          what a regular expression of origins allows beyond what it is meant for
    syntax            what the trees of several languages have alike
    python            the libraries of Python, in the tree of ast
    python_headers    the headers that Python code sets by hand
    javascript        the packages of JavaScript and TypeScript, in the tree of tree-sitter
    javascript_tests  what the conditions on an origin in JavaScript allow
    golang            the packages of Go, in the tree of tree-sitter
    ruby              rack-cors in Ruby, in the tree of tree-sitter
    java              Spring and servlets in Java, in the tree of tree-sitter
    php               Laravel and header() in PHP, in the tree of tree-sitter
    csharp            ASP.NET Core in C#, in the tree of tree-sitter
    nginx             the directives of nginx, as crossplane reads them

A rule reports what the file alone proves. What depends on another file, a variable or a call that is not seen gets no finding.
"""
