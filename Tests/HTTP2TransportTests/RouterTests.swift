import HTTP2Transport
import Testing

@Suite struct RouterTests {
  private func names(_ target: String) -> String? {
    var router = Router()
    for pattern in ["/tasks", "/tasks/{id}", "/tasks/batch", "/tasks/{id}/complete", "/invoke/{app}/method/{path...}"] {
      router.immediate(.post, pattern) { request in
        .text(
          pattern + " "
            + ["id", "app", "path"].map { request.parameters[$0] }.filter { !$0.isEmpty }.joined(separator: ","))
      }
    }
    var request = HTTPRequest(.post, target)
    let route = router.route(request)
    guard case .immediate(let handler) = route.handler else { return nil }
    request.parameters = route.parameters
    guard case .bytes(let bytes) = handler(request).body else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [
    ("/tasks", "/tasks "), ("/tasks?x=/y", "/tasks "), ("/tasks/batch", "/tasks/batch "),
    ("/tasks/a%2Fb", "/tasks/{id} a/b"), ("/tasks/7/complete", "/tasks/{id}/complete 7"),
    ("/invoke/task-api/method/a/b%20c", "/invoke/{app}/method/{path...} task-api,a/b c"),
  ])
  func aPathFindsItsRoute(target: String, expected: String) { #expect(names(target) == expected) }

  @Test(arguments: ["/", "/task", "/tasks/7/other", "/tasks/%", "/tasks/%ff"])
  func anyOtherPathFindsNone(target: String) { #expect(names(target) == nil) }

  @Test func queriesAreDecoded() throws {
    let pairs = try #require(PercentEncoding.pairs("q=a+b%26c&flag&x=%C3%A4"))
    #expect(pairs.map(\.name) == ["q", "flag", "x"])
    #expect(pairs.map(\.value) == ["a b&c", "", "ä"])
    #expect(PercentEncoding.pairs("q=%f") == nil)
    #expect(PercentEncoding.encode("a b/ä~") == "a%20b%2F%C3%A4~")
  }
}
