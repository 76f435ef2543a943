/// The bytes that one flush collects before they go to the socket in one write.
public final class OutputBuffer {
  /// A flush stops collecting at this size; a frame of 16 KiB and its header may still pass it.
  public static let limit = 64 * 1024
  private let base = UnsafeMutableRawPointer.allocate(byteCount: limit + 32 * 1024, alignment: 16)
  public private(set) var count = 0

  init() {}
  deinit { base.deallocate() }

  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
  public var isFull: Bool { count >= Self.limit }

  /// Appends at most 32 KiB; the caller checks ``isFull`` before each call.
  public func append(_ source: UnsafeRawBufferPointer) {
    precondition(count + source.count <= Self.limit + 32 * 1024, "one flush collects 96 KiB at most")
    guard let start = source.baseAddress else { return }
    (base + count).copyMemory(from: start, byteCount: source.count)
    count += source.count
  }

  public func reset() { count = 0 }
}
