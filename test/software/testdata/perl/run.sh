# Perl's own test tool over a few scripts: hashes, regular expressions, processes, pipes, signals, sockets.
mkdir -p t lib
cat >lib/Words.pm <<'END'
package Words;
use strict; use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(top);
sub top {
	my ($text, $n) = @_;
	my %h;
	$h{$_}++ for $text =~ /\w+/g;
	return (sort { $h{$b} <=> $h{$a} || $a cmp $b } keys %h)[0 .. $n - 1];
}
1;
END
cat >t/words.t <<'END'
use strict; use warnings; use Test::More; use Words 'top';
my $text = join ' ', map { ("w" . $_ % 97) x ($_ % 5) } 1 .. 20000;
is scalar(top('b a b', 2)), 'a';
is_deeply [top('b a b c c c', 2)], ['c', 'b'];
like join(',', top($text, 3)), qr/^w\d+,w\d+,w\d+$/;
(my $s = 'The quick brown fox') =~ s/(\w+)/ucfirst reverse lc $1/ge;
is $s, 'Eht Kciuq Nworb Xof';
is unpack('H*', pack('NnCa5', 1 << 30, 515, 7, 'abc')), '400000000203076162630000';
is sprintf('%.10f %s %d', sqrt 2, 1e15 + 0.3, -7 % 3), '1.4142135624 1e+15 2';
done_testing;
END
cat >t/process.t <<'END'
use strict; use warnings; use Test::More; use POSIX ':sys_wait_h'; use Time::HiRes 'usleep';
for my $n (1 .. 20) {
	my $p = fork // die; exit $n unless $p;
	waitpid $p, 0; is $? >> 8, $n;
}
is `echo from a shell`, "from a shell\n";
open my $sort, '-|', "printf 'b\\na\\n' | sort" or die; is join('', <$sort>), "a\nb\n"; close $sort;
my $got = 0; $SIG{USR1} = sub { $got++ };
kill USR1 => $$ for 1 .. 50; is $got, 50;
my $p = fork // die; unless ($p) { sleep 1000; exit }
kill KILL => $p; waitpid $p, 0; is $? & 127, 9;
eval { local $SIG{ALRM} = sub { die "alarm\n" }; Time::HiRes::ualarm(20000); 1 while 1 }; is $@, "alarm\n";
done_testing;
END
cat >t/socket.t <<'END'
use strict; use warnings; use Test::More; use IO::Socket::INET; use Digest::SHA 'sha256_hex';
my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die $!;
my $p = fork // die;
unless ($p) {
	my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $s->sockport) or die $!;
	print $c 'x' x 500000; exit 0;
}
my $text = do { local $/; my $c = $s->accept; <$c> };
waitpid $p, 0; is length $text, 500000;
is substr(sha256_hex($text), 0, 16), substr(sha256_hex('x' x 500000), 0, 16);
is sha256_hex('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
done_testing;
END
prove -Ilib t >&2
prove -Ilib t 2>/dev/null | sed -n 's/^Files=\([0-9]*\), Tests=\([0-9]*\).*/\1 files, \2 tests/p; /^Result/p'
perl -MMath::BigInt -e 'print Math::BigInt->new(2)->bpow(200)->bsub(1)->bmod(1000003), "\n"'
