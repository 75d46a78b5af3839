"""Requests in the words of other tools: commands of a shell, and calls in JavaScript. Nothing is executed. Pure: text in, values out.

read        the requests of a text, whatever tool it is for
language    which language a text is in
bash, cmd, powershell, javascript    a text in each language as words, or as values
curl, wget, httpie    what each tool makes of its words
parsed      the result: a request as the tool would send it, or why there is none
origin      what a browser added to a copied request, and the page that it came from

bash_parts, bash_quotes; curl_options, curl_data, curl_glob, curl_config; wget_options; httpie_items    parts of these
js_evaluate, js_values -> js_request, js_libraries; ps_values    what JavaScript and PowerShell state, and its requests
grammar, words, form_data    what several of them share
scenario    the result -> the fields of a Scenario
"""
