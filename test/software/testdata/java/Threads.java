import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/** Threads with locks and without, a process, and a socket. */
public class Threads {
	public static void main(String[] args) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(16);
		AtomicLong atomic = new AtomicLong();
		ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>();
		Object lock = new Object();
		int[] guarded = new int[1];
		CyclicBarrier barrier = new CyclicBarrier(16);
		List<Future<?>> all = new ArrayList<>();
		for (int t = 0; t < 16; t++)
			all.add(pool.submit(() -> {
				for (int i = 0; i < 100000; i++) {
					if (i % 20000 == 0)
						barrier.await();
					atomic.incrementAndGet();
					map.merge(i % 1000, 1, Integer::sum);
					synchronized (lock) {
						guarded[0]++;
					}
				}
				return null;
			}));
		for (Future<?> f : all)
			f.get();
		pool.shutdown();
		System.out.println(atomic + " " + map.values().stream().mapToInt(x -> x).sum() + " " + guarded[0]);
		System.out.println(LongStream.range(0, 5_000_000).parallel().filter(x -> x % 3 == 0).sum());

		Thread waiting = new Thread(() -> {
			synchronized (lock) {
				try {
					lock.wait();
				} catch (InterruptedException e) {
					System.out.println("interrupted");
				}
			}
		});
		waiting.start();
		while (waiting.getState() != Thread.State.WAITING)
			Thread.sleep(1);
		waiting.interrupt();
		waiting.join();

		Process p = new ProcessBuilder("sh", "-c", "uname -m; exit 3").start();
		System.out.println(new String(p.getInputStream().readAllBytes()).trim() + " " + p.waitFor());

		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Thread echo = new Thread(() -> {
				try (Socket s = server.accept()) {
					s.getOutputStream().write(s.getInputStream().readNBytes(1000000));
				} catch (Exception e) {
					System.out.println(e);
				}
			});
			echo.start();
			try (Socket s = new Socket(server.getInetAddress(), server.getLocalPort())) {
				s.getOutputStream().write(new byte[1000000]);
				System.out.println(s.getInputStream().readAllBytes().length);
			}
			echo.join();
		}
	}
}
