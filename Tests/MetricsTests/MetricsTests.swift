import Metrics
import Testing

@Suite struct MetricsTests {
  private func page(_ registry: MetricsRegistry) throws -> TextFormat {
    try TextFormat(String(decoding: registry.text(), as: UTF8.self))
  }

  @Test func everyKindIsReadAsItWasCounted() throws {
    let registry = MetricsRegistry()
    let requests = registry.counters("taskmesh_requests_total", "Requests.", labels: ["method", "status"])
    requests.child("GET", "200").increment()
    requests.child("GET", "200").increment(by: 41)
    requests.child("POST", "503").increment()
    let depth = registry.gauge("taskmesh_queue_depth", "What waits.")
    depth.set(7.5)
    depth.add(-10)
    registry.gauge("taskmesh_asked", "Asked for.") { 1e-9 }
    registry.gauge("taskmesh_unknown", "Not known.") { nil }
    let times = registry.histograms("taskmesh_seconds", "Times.", labels: ["kind"], bounds: [0.001, 0.5, 2])
    for value in [0.001, 0.0011, 0.5, 1, 3] { times.child("a").observe(value) }
    times.child("b").observe(.milliseconds(250))
    let page = try page(registry)
    #expect(page.value("taskmesh_requests_total", ["method": "GET", "status": "200"]) == 42)
    #expect(page.value("taskmesh_requests_total", ["method": "POST", "status": "503"]) == 1)
    #expect(page.value("taskmesh_queue_depth") == -2.5)
    #expect(page.value("taskmesh_asked") == 1e-9)
    #expect(page.value("taskmesh_unknown") == nil)
    for (bound, count) in [("0.001", 1.0), ("0.5", 3), ("2", 4), ("+Inf", 5)] {
      #expect(page.value("taskmesh_seconds_bucket", ["kind": "a", "le": bound]) == count)
    }
    #expect(page.value("taskmesh_seconds_sum", ["kind": "a"]).map { abs($0 - 4.5021) < 1e-9 } == true)
    #expect(page.value("taskmesh_seconds_count", ["kind": "b"]) == 1)
    #expect(page.value("taskmesh_seconds_sum", ["kind": "b"]) == 0.25)
    #expect(page.types["taskmesh_seconds"] == "histogram")
    #expect(page.helps["taskmesh_queue_depth"] == "What waits.")
  }

  @Test func textsThatNeedEscapesComeBack() throws {
    let registry = MetricsRegistry()
    let label = "a \"quoted\\\" word,\nand} a line"
    registry.counters("taskmesh_x_total", "Back\\slash and\nline.", labels: ["l"]).child(label).increment()
    let page = try page(registry)
    #expect(page.value("taskmesh_x_total", ["l": label]) == 1)
    #expect(page.helps["taskmesh_x_total"] == #"Back\\slash and\nline."#)
  }

  @Test func numbersOfEveryShapeAreReadable() throws {
    for value in [0, -0.0, 1e300, -2.5e-308, .infinity, -.infinity, 123_456_789.125, 9_007_199_254_740_992] {
      let registry = MetricsRegistry()
      registry.gauge("taskmesh_g", "G.").set(value)
      #expect(try page(registry).value("taskmesh_g") == value)
    }
  }

  @Test func countsOfManyThreadsAddUp() async throws {
    let registry = MetricsRegistry()
    let counter = registry.counter("taskmesh_n_total", "N.")
    let gauge = registry.gauge("taskmesh_g", "G.")
    let histogram = registry.histogram("taskmesh_h_seconds", "H.")
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<10_000 {
            counter.increment()
            gauge.add(1)
            histogram.observe(0.25)
          }
        }
      }
    }
    let page = try page(registry)
    #expect(page.value("taskmesh_n_total") == 40_000)
    #expect(page.value("taskmesh_g") == 40_000)
    #expect(page.value("taskmesh_h_seconds_sum") == 10_000)
    #expect(page.value("taskmesh_h_seconds_count") == 40_000)
  }

  @Test func labelsThatAreNoClosedSetDoNotGrowThePageForEver() throws {
    let registry = MetricsRegistry()
    let family = registry.counters("taskmesh_p_total", "P.", labels: ["path"])
    for n in 0..<5000 { family.child("/\(n)").increment() }
    let page = try page(registry)
    #expect(page.samples.count == 1001)
    #expect(page.value("taskmesh_p_total", ["path": "other"]) == 4000)
  }

  @Test func theProcessTellsOfItself() throws {
    let registry = MetricsRegistry()
    registry.addProcessMetrics()
    let page = try page(registry)
    #expect((1e6...1e11).contains(page.value("process_resident_memory_bytes") ?? 0))
    #expect((3...100_000).contains(page.value("process_open_fds") ?? 0))
    #expect((page.value("process_cpu_seconds_total") ?? 0) > 0)
    #expect((page.value("process_start_time_seconds") ?? 0) > 1_600_000_000)
  }

  @Test(arguments: [
    "a_total 1", "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1\",} 1\n",
    "# HELP a A.\n# TYPE a counter\na 1\n",
    "# HELP a A.\n# TYPE a gauge\na 1\na 2\n", "# HELP a A.\n# TYPE a gauge\nb 1\n",
    "# HELP a A.\n# TYPE a gauge\na x\n",
    "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
  ])
  func theReaderOfTheseTestsIsStrict(text: String) {
    #expect(throws: TextFormat.Fault.self) { try TextFormat(text) }
  }
}
