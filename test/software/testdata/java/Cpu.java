import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Calculations, and exceptions that the machine notices by faults. */
public class Cpu {
	static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

	static int deep(int x) { return deep(x + 1) + 1; }

	public static void main(String[] args) throws Exception {
		System.out.println(fib(32));
		System.out.println(LongStream.range(0, 5_000_000).filter(x -> x % 3 == 0).sum());
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		byte[] block = new byte[1 << 20];
		for (int i = 0; i < 8; i++)
			digest.update(block);
		System.out.println(HexFormat.of().formatHex(digest.digest()));
		System.out.println(BigInteger.TWO.pow(521).subtract(BigInteger.ONE).isProbablePrime(20));
		System.out.println(Pattern.compile("(\\d+)-(\\d+)").matcher("12-34 5-6").replaceAll("$2-$1"));
		double q = 0;
		for (int i = 1; i < 3000000; i++)
			q += Math.sin(i) / i;
		System.out.println(q);

		int caught = 0;
		for (int i = 0; i < 200000; i++) {
			try {
				String s = i % 2 == 0 ? null : "x";
				s.length();
			} catch (NullPointerException e) {
				caught++;
			}
		}
		System.out.println(caught);
		try {
			System.out.println(1 / args.length);
		} catch (ArithmeticException e) {
			System.out.println(e.getMessage());
		}
		try {
			deep(0);
		} catch (StackOverflowError e) {
			System.out.println("stack overflow");
		}
		try {
			System.out.println(block[block.length + args.length]);
		} catch (ArrayIndexOutOfBoundsException e) {
			System.out.println(e.getMessage());
		}

		List<byte[]> list = new ArrayList<>();
		for (int i = 0; i < 5000; i++) {
			list.add(new byte[100000]);
			if (list.size() > 50)
				list.remove(0);
		}
		System.gc();
		System.out.println(list.size());
	}
}
