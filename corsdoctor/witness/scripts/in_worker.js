// Runs the code in a worker that is made of it. The result is a promise of the end of the request.
(code, type) => new Promise(done => {
  const text = code + '.then(end => postMessage(end))';
  const worker = new Worker(URL.createObjectURL(new Blob([text], {type: 'text/javascript'})), {type});
  worker.onmessage = e => { worker.terminate(); done(e.data); };
  worker.onerror = () => done(JSON.stringify({outcome: 'rejected', origin: self.origin}));
})
