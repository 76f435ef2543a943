import Synchronization

/// What a process counts and measures, as one page of text.
///
/// Names by Prometheus' convention: `taskmesh_<what>_<unit>`, base units (seconds, bytes), `_total` for counters.
public final class MetricsRegistry: Sendable {
  private struct Entry: Sendable {
    let name: String
    let append: @Sendable (inout ExpositionText) -> Void
  }

  private let entries = Mutex<[Entry]>([])

  public init() {}

  public func counter(_ name: String, _ help: String) -> Counter { counters(name, help, labels: []).child() }

  public func counters(_ name: String, _ help: String, labels: [String]) -> Family<Counter> {
    precondition(name.hasSuffix("_total"), "the counter \(name) has no _total at its end")
    return family(name, help, labels) { Counter() }
  }

  public func gauge(_ name: String, _ help: String) -> Gauge { gauges(name, help, labels: []).child() }

  public func gauges(_ name: String, _ help: String, labels: [String]) -> Family<Gauge> {
    family(name, help, labels) { Gauge() }
  }

  /// A gauge that is asked for its value each time the page is made; nil leaves it out.
  public func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable () -> Double?) {
    add(name, type: Gauge.type, help) { text in
      if let value = value() { text.sample(name, "", ExpositionText.number(value)) }
    }
  }

  /// A counter kept elsewhere, asked for its value each time the page is made.
  public func counter(_ name: String, _ help: String, _ value: @escaping @Sendable () -> Double) {
    precondition(name.hasSuffix("_total"), "the counter \(name) has no _total at its end")
    add(name, type: Counter.type, help) { $0.sample(name, "", ExpositionText.number(value())) }
  }

  public func histogram(_ name: String, _ help: String, bounds: [Double] = Histogram.latencyBounds) -> Histogram {
    histograms(name, help, labels: [], bounds: bounds).child()
  }

  public func histograms(
    _ name: String, _ help: String, labels: [String], bounds: [Double] = Histogram.latencyBounds
  ) -> Family<Histogram> {
    precondition(!labels.contains("le"), "le is the label of a histogram's own bounds")
    return family(name, help, labels) { Histogram(bounds: bounds) }
  }

  /// The page: ``ExpositionText/contentType``.
  public func text() -> [UInt8] {
    var text = ExpositionText()
    for entry in entries.withLock({ $0 }) { entry.append(&text) }
    return text.bytes
  }

  private func family<Child: Metric>(
    _ name: String, _ help: String, _ labels: [String], _ make: @escaping @Sendable () -> Child
  ) -> Family<Child> {
    let family = Family(name: name, labels: labels, make: make)
    add(name, type: Child.type, help, family.append)
    return family
  }

  private func add(
    _ name: String, type: String, _ help: String, _ append: @escaping @Sendable (inout ExpositionText) -> Void
  ) {
    precondition(ExpositionText.isMetricName(name), "\(name) is no name for a metric")
    entries.withLock { entries in
      precondition(!entries.contains { $0.name == name }, "the metric \(name) is there already")
      entries.append(
        Entry(name: name) { text in
          text.header(name, type: type, help: help)
          append(&text)
        })
    }
  }
}
