/// Routes by method and path. A refusal is a problem document: 404 for a path that no route has, 405 with `Allow` for a
/// method that its routes lack, 400 for a path whose escapes are broken.
public struct Router: HTTPService {
  private var root = Node()
  /// Routes without parameters by their whole path: most requests need no more than this look-up.
  private var plain: [String: [HTTPMethod: HTTPRoute]] = [:]

  public init() {}

  /// Adds a route. In `pattern`, `{name}` stands for one segment and a last `{name...}` for all that follow.
  public mutating func on(_ method: HTTPMethod, _ pattern: String, _ route: HTTPRoute) {
    root.insert(pattern.split(separator: "/").map(Segment.init), method, route)
    if !pattern.contains("{") { plain[pattern, default: [:]][method] = route }
  }

  /// Adds a route whose handler may wait; a thrown ``Problem`` is its answer.
  public mutating func on(
    _ method: HTTPMethod, _ pattern: String, bodyLimit: Int = HTTPRoute.defaultBodyLimit,
    deadline: Duration? = .seconds(30),
    _ handler: @escaping @Sendable (HTTPRequest) async throws(Problem) -> HTTPResponse
  ) {
    on(
      method, pattern,
      HTTPRoute(
        bodyLimit: bodyLimit, deadline: deadline,
        handler: .task { request in
          do throws(Problem) { return try await handler(request) } catch { return error.response }
        }))
  }

  /// Adds a route that answers at once.
  public mutating func immediate(
    _ method: HTTPMethod, _ pattern: String, _ handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) {
    on(method, pattern, HTTPRoute(handler: .immediate(handler)))
  }

  public func route(_ head: HTTPRequest) -> HTTPRoute {
    if let route = plain[String(head.path)]?[head.method] { return route }
    var segments: [String] = []
    for segment in head.path.split(separator: "/") {
      guard let decoded = PercentEncoding.decode(segment) else {
        return .refusal(Problem(400, "The path holds a broken percent escape."))
      }
      segments.append(decoded)
    }
    var parameters = PathParameters()
    guard let node = root.find(segments[...], &parameters) else {
      return .refusal(Problem(404, "There is no route \(head.path)."))
    }
    guard var route = node.routes[head.method] ?? (head.method == .head ? node.routes[.get] : nil) else {
      return .refusal(
        Problem(
          405, "\(head.path) does not take \(head.method).",
          headers: ["allow": node.routes.keys.map(\.description).sorted().joined(separator: ", ")]))
    }
    route.parameters = parameters
    return route
  }

  private enum Segment {
    case literal(String)
    case one(String)
    case rest(String)

    init(_ text: Substring) {
      guard text.hasPrefix("{"), text.hasSuffix("}") else {
        self = .literal(String(text))
        return
      }
      let name = text.dropFirst().dropLast()
      self = name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .one(String(name))
    }
  }

  private struct Node {
    var routes: [HTTPMethod: HTTPRoute] = [:]
    var literals: [String: Node] = [:]
    /// The child for `{name}`; an array only because a struct cannot hold itself. At most one.
    var one: [(name: String, node: Node)] = []
    var rest: [(name: String, node: Node)] = []

    mutating func insert(_ segments: some Collection<Segment>, _ method: HTTPMethod, _ route: HTTPRoute) {
      guard let first = segments.first else {
        routes[method] = route
        return
      }
      switch first {
      case .literal(let text):
        literals[text, default: Node()].insert(segments.dropFirst(), method, route)
      case .one(let name):
        if one.isEmpty { one.append((name, Node())) }
        one[0].node.insert(segments.dropFirst(), method, route)
      case .rest(let name):
        if rest.isEmpty { rest.append((name, Node())) }
        rest[0].node.routes[method] = route
      }
    }

    /// Literals go before `{name}`, that before `{name...}`.
    func find(_ segments: ArraySlice<String>, _ parameters: inout PathParameters) -> Node? {
      guard let first = segments.first else { return routes.isEmpty ? nil : self }
      if let node = literals[first]?.find(segments.dropFirst(), &parameters) { return node }
      if let (name, node) = one.first, let found = node.find(segments.dropFirst(), &parameters) {
        parameters.values.append((name, first))
        return found
      }
      if let (name, node) = rest.first {
        parameters.values.append((name, segments.joined(separator: "/")))
        return node
      }
      return nil
    }
  }
}

extension HTTPRoute {
  /// Refuses at once, whatever the body.
  public static func refusal(_ problem: Problem) -> HTTPRoute {
    HTTPRoute(handler: .refusal(problem.response))
  }
}
