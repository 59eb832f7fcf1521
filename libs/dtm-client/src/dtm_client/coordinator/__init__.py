"""The embedded coordinator: a development server that speaks DTM's wire protocol, from one SQLite file.

It exists so that the first run needs nothing but Python; production runs the DTM server. It makes the same calls in the
same order and answers with the same codes as DTM 1.19, but for these differences on purpose:

* Waits between repeats double up to 60 seconds; DTM's have no cap. Who restarts a branch by hand wants to see it
  called.
* Transactions run many at once, and each is picked when it is due; DTM's scheduler takes one at a time, every 3
  seconds, so that one slow branch delays the recovery of all others, and timeouts come late.
* A branch that could not be reached is called as soon as its target can be reached again; DTM waits the interval out.
* A repeated Submit or Abort of a running transaction starts no second runner, which could call a later step after the
  first runner has undone the earlier ones. It makes the one runner call now what rests, and waits for it if asked to.
* The mode, steps and options that were stored first are used throughout. DTM runs the first round after a Submit by
  that Submit's mode and options. On boltdb and Redis it writes them into its record with the first error, so that they
  hold for the repeats; on MySQL and PostgreSQL it writes the new time alone, and Prepare's hold for the repeats.
* An operator's retry (``resetNextCronTime``) is heeded. DTM heeds it on MySQL and PostgreSQL; on boltdb and Redis it
  answers SUCCESS, shows the new time, and goes by the old one.
* A stopped transaction (``forceStop``) stays stopped. On boltdb DTM goes on with it when a call that was under way
  comes back with an error.
* Input that can never work is refused with INVALID_ARGUMENT and says what to do: unknown or unserved transaction types,
  an empty or undeliverable gid, undeliverable branch headers, URLs with a scheme, steps or custom data that are not
  JSON, fewer payloads than steps, orders in a circle. DTM answers INTERNAL with the text of a panic, or stores it and
  repeats it for ever.
* Branch calls carry the content type ``application/grpc``, since grpcio sends no other; DTM says
  ``application/grpc+dtm_raw``.
* Branches are called over gRPC only, and XA, workflows, topics, the admin pages and JSON-RPC are not served: no flow of
  this package needs them.
* After a restart, what was running is called at once and from the base interval; DTM waits for the interval to end.
* A prepared message shows its query among its branches (``00``, ``msg``), and every branch its ``tries`` and
  ``last_error``: what an operator of a stuck transaction asks for first.
* Positions in ``/api/dtmsvr/all`` are numbers, newest transaction first; they are opaque at DTM, too.
* There is no gRPC reflection, which would need another package.
"""
