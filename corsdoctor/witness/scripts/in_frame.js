// Makes the request in a frame: q.text is its document, where no server has it. The result is a promise of the end of the request.
q => new Promise(done => {
  const frame = document.createElement('iframe');
  let ran = false;
  addEventListener('message', e => {
    if (e.source !== frame.contentWindow) return;
    if (e.data) done(e.data);
    ran = true;
  });
  frame.addEventListener('load', () => setTimeout(() => ran || done('{"outcome": "unseen", "silent": true}'), 5000));
  if (q.sandbox !== null) frame.setAttribute('sandbox', q.sandbox);
  if (q.allow !== null) frame.allow = q.allow;
  if (q.url === 'about:srcdoc') frame.srcdoc = q.text;
  else if (q.url === 'data:') frame.src = 'data:text/html;charset=utf-8,' + encodeURIComponent(q.text);
  else frame.src = q.url === 'blob:' ? URL.createObjectURL(new Blob([q.text], {type: 'text/html'})) : q.url;
  document.body.append(frame);
})
