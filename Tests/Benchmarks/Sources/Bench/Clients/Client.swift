import HTTP2Transport

/// One user's connection to a service: one request at a time. Called on its loop alone.
protocol Client: Sendable {
  /// An answer within `deadline`; ``Answer/none`` when there is none, for whatever reason.
  func send(_ request: HTTPRequest, deadline: Duration) async -> Answer
  func close() async
}

struct Answer: Sendable {
  var status: Int
  var headers: HTTPHeaders = [:]
  var body: [UInt8] = []

  static let none = Answer(status: 0)
}
