// Sends one message with nodemailer: node send.js FOLDER-OF-NODE-MODULES PORT FROM TO. The module lies in the tests' cache.
'use strict';
const { createRequire } = require('module');
const path = require('path');

const [folder, port, from, to] = process.argv.slice(2);
const nodemailer = createRequire(path.join(folder, 'x.js'))('nodemailer');

nodemailer
  .createTransport({ host: '127.0.0.1', port: Number(port), secure: false, ignoreTLS: true })
  .sendMail({
    from,
    to,
    bcc: 'hidden@recipient.example',
    subject: 'Grüße von nodemailer ✓',
    text: '.\n..\n.dot\nplain ✓\n' + 'x'.repeat(700) + '\n',
    html: '<p>.dot ✓</p>',
    attachments: [{ filename: 'naïve.bin', content: Buffer.from([...Array(2000).keys()].map((n) => n % 256)) }],
  })
  .then((info) => console.log(info.response))
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
