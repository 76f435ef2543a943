import Testing

@testable import Daemon

@Suite struct TraceContextTests {
  private let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  @Test func aHeaderIsReadAndWrittenAsItCame() throws {
    let trace = try #require(TraceContext(example))
    #expect(trace.header == example)
    #expect(trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
    let child = trace.child()
    #expect(child.traceID == trace.traceID && child.span != trace.span && child.flags == 1)
  }

  @Test(arguments: [
    "00-00000000000000000000000000000000-0000000000000000-00",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
    "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
    "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01", "", "00",
  ])
  func whatTheStandardCallsInvalidIsNone(header: String) { #expect(TraceContext(header) == nil) }

  @Test func aLaterVersionMayHaveMore() {
    #expect(TraceContext("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what") != nil)
  }

  @Test func newTracesDifferAndCanBeRead() throws {
    let headers = (0..<1000).map { _ in TraceContext.make().header }
    #expect(Set(headers).count == 1000)
    for header in headers { #expect(try #require(TraceContext(header)).header == header) }
  }
}
