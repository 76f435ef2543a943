import HTTP2Transport
import Metrics
import Synchronization

/// Counts responses by method and status, and times them until their head goes out.
final class RequestMetrics: Sendable {
  private let requests: Family<Counter>
  private let times: Histogram
  /// Children by method and status, kept because looking one up by its labels costs more than counting.
  private let children = Mutex<[Int: Counter]>([:])

  init(_ registry: MetricsRegistry) {
    requests = registry.counters(
      "taskmesh_http_requests_total", "Requests answered, by method and status.", labels: ["method", "status"])
    times = registry.histogram(
      "taskmesh_http_request_seconds", "From a request's head until its response's head goes out.")
  }

  func observe(_ request: HTTPRequest, _ status: Int, _ taken: Duration) {
    let (name, number) = Self.label(request.method)
    let counter = children.withLock { children in
      let key = status << 4 | number
      if let child = children[key] { return child }
      let child = requests.child(name, String(status))
      children[key] = child
      return child
    }
    counter.increment()
    times.observe(taken)
  }

  private static func label(_ method: HTTPMethod) -> (String, Int) {
    switch method {
    case .get: ("GET", 0)
    case .head: ("HEAD", 1)
    case .post: ("POST", 2)
    case .put: ("PUT", 3)
    case .patch: ("PATCH", 4)
    case .delete: ("DELETE", 5)
    case .options: ("OPTIONS", 6)
    case .other: ("other", 7)
    }
  }
}
