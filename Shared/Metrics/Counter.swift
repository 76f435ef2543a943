import Synchronization

/// A number that only grows: things that happened. Its name ends in `_total`.
public final class Counter: Metric {
  public static let type = "counter"
  private let value = Atomic<UInt64>(0)

  public init() {}

  public func increment(by amount: UInt64 = 1) { value.wrappingAdd(amount, ordering: .relaxed) }

  public func append(name: String, labels: String, to text: inout ExpositionText) {
    text.sample(name, labels, String(value.load(ordering: .relaxed)))
  }
}
