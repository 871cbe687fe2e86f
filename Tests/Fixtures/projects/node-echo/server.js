// Answers with what it is asked.
import { createServer } from 'node:http'
import { shout } from './lib/shout.js'

const port = Number(process.env.PORT || 8085)

createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok\n')
  response.end(shout(request.url) + '\n')
}).listen(port)
