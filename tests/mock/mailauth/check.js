// What npm's mailauth says: node check.js FOLDER, with [{domain, ip, helo, selector}] on standard input; a list of {spf, dmarc, dkim} comes out.
'use strict';

const path = require('node:path');
const { Resolver } = require('node:dns').promises;

const room = path.join(process.argv[2], 'node_modules', 'mailauth', 'lib');
const { spf } = require(path.join(room, 'spf'));
const { dmarc } = require(path.join(room, 'dmarc'));
const { getPublicKey } = require(path.join(room, 'tools.js'));

const dns = new Resolver({ timeout: 300, tries: 1 });
dns.setServers(['127.0.0.1']);
const resolver = (name, type) => dns.resolve(name, type);

async function look(one) {
    const sender = `postmaster@${one.domain}`;
    const said = await spf({ sender, ip: one.ip, helo: one.helo, mta: 'mx.zoo.example', resolver });
    const policy = await dmarc({ headerFrom: [sender], spfDomains: [], dkimDomains: [], resolver });
    let key = '';
    if (one.selector) {
        try {
            await getPublicKey('DKIM', `${one.selector}._domainkey.${one.domain}`, 1024, resolver);
            key = 'good';
        } catch (error) {
            key = error.code === 'ENOTFOUND' || error.code === 'ENODATA' ? 'none' : 'bad';
        }
    }
    return { spf: said.status.result, dmarc: policy && policy.policy ? policy.policy : policy.status.result === 'temperror' ? 'temperror' : '-', dkim: key };
}

async function main() {
    const chunks = [];
    for await (const chunk of process.stdin) {
        chunks.push(chunk);
    }
    const wanted = JSON.parse(Buffer.concat(chunks).toString());
    process.stdout.write(JSON.stringify(await Promise.all(wanted.map(look))));
}

main();
