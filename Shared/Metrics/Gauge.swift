import Synchronization

/// A number that goes up and down.
public final class Gauge: Metric {
  public static let type = "gauge"
  private let value = AtomicDouble()

  public init() {}

  public func set(_ value: Double) { self.value.store(value) }
  public func add(_ amount: Double) { value.add(amount) }

  public func append(name: String, labels: String, to text: inout ExpositionText) {
    text.sample(name, labels, ExpositionText.number(value.load()))
  }
}
