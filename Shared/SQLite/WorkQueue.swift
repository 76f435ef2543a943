import Glibc

/// Hands elements to threads that wait for them, first in, first out.
final class WorkQueue<Element>: @unchecked Sendable {
  // @unchecked: `elements` and `isClosed` are touched under `mutex` alone. A pthread mutex rather than
  // Synchronization.Mutex, because a thread has to sleep until there is work.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let filled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var elements: [Element] = []
  private var head = 0
  private var isClosed = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(filled, nil)
  }

  deinit {
    pthread_cond_destroy(filled)
    pthread_mutex_destroy(mutex)
    filled.deallocate()
    mutex.deallocate()
  }

  func push(_ element: sending Element) {
    pthread_mutex_lock(mutex)
    elements.append(element)
    pthread_cond_signal(filled)
    pthread_mutex_unlock(mutex)
  }

  /// Waits for an element; nil once the queue is closed and empty.
  func pop() -> Element? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while head == elements.count {
      if isClosed { return nil }
      pthread_cond_wait(filled, mutex)
    }
    let element = elements[head]
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1_024 {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }

  /// Lets the threads end once they have taken what is there.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(filled)
    pthread_mutex_unlock(mutex)
  }
}
