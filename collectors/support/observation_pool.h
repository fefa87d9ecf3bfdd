// Observations that are used again, so that a collector which observes every second allocates
// nothing: not the observation, not what its strings and lists hold, not the count of its users.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace airflow_host {

/// Lends objects of type T and takes each back when its last user lets go of it, as it was left:
/// with the capacity of its strings and lists, and with its old content, which the borrower must
/// overwrite. A mutex guards the store, so that a user may let go on any thread; the objects may
/// outlive the pool. Borrow is called by one thread.
template <typename T>
class ObservationPool {
 public:
  /// An object that nobody else holds. Allocates only where all are lent: a board with one reader
  /// needs three.
  std::shared_ptr<T> Borrow() {
    return std::shared_ptr<T>(store_->TakeObject().release(), GiveBack{store_},
                              CountAllocator<T>{store_});
  }

 private:
  /// What is at rest: objects, and the blocks in which shared_ptr counts their users.
  struct Store {
    /// More than that were readers that have gone.
    static constexpr std::size_t kMostIdle = 8;

    Store() {
      objects.reserve(kMostIdle);
      blocks.reserve(kMostIdle);
    }
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    ~Store() {
      for (void* const block : blocks) ::operator delete(block);
    }

    std::unique_ptr<T> TakeObject() {
      {
        const std::lock_guard lock(mutex);
        if (!objects.empty()) {
          auto object = std::move(objects.back());
          objects.pop_back();
          return object;
        }
      }
      return std::make_unique<T>();
    }

    void* TakeBlock(std::size_t size) {
      {
        const std::lock_guard lock(mutex);
        if (!blocks.empty()) {
          void* const block = blocks.back();
          blocks.pop_back();
          return block;
        }
      }
      return ::operator new(size);
    }

    void Put(std::unique_ptr<T> object) noexcept {
      const std::lock_guard lock(mutex);
      if (objects.size() < kMostIdle) objects.push_back(std::move(object));
    }

    void PutBlock(void* block) noexcept {
      {
        const std::lock_guard lock(mutex);
        if (blocks.size() < kMostIdle) {
          blocks.push_back(block);
          return;
        }
      }
      ::operator delete(block);
    }

    std::mutex mutex;
    std::vector<std::unique_ptr<T>> objects;
    std::vector<void*> blocks;  ///< All of one size: of shared_ptr's count.
  };

  struct GiveBack {
    std::shared_ptr<Store> store;
    void operator()(T* object) const noexcept { store->Put(std::unique_ptr<T>(object)); }
  };

  /// Allocates shared_ptr's count, which is always of one type and so of one size.
  template <typename U>
  struct CountAllocator {
    using value_type = U;

    explicit CountAllocator(std::shared_ptr<Store> the_store) : store(std::move(the_store)) {}
    template <typename Other>
    CountAllocator(const CountAllocator<Other>& other) : store(other.store) {}

    U* allocate(std::size_t count) { return static_cast<U*>(store->TakeBlock(count * sizeof(U))); }
    void deallocate(U* block, std::size_t /*count*/) noexcept { store->PutBlock(block); }
    template <typename Other>
    bool operator==(const CountAllocator<Other>& other) const {
      return store == other.store;
    }

    std::shared_ptr<Store> store;
  };

  std::shared_ptr<Store> store_ = std::make_shared<Store>();
};

}  // namespace airflow_host
