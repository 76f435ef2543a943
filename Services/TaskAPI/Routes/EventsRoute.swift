import HTTP2Transport

/// `GET /api/v1/events`: server-sent events of the caller.
struct EventsRoute: Sendable {
  static let beat: Duration = .seconds(15)

  let authenticator: Authenticator
  let feed: EventFeed
  let stream: FeedStream

  func add(to router: inout Router) {
    router.on(.get, "/api/v1/events") { request throws(Problem) in
      let owner = try authenticator.owner(of: request)
      let listener = try feed.join(owner)
      let lastEventID = request.headers["last-event-id"]
      return HTTPResponse(
        status: 200,
        headers: ["content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no"],
        body: .stream { writer in
          try await stream.run(listener, lastEventID: lastEventID) { try await writer.write($0) }
        })
    }
  }
}
