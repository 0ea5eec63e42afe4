using NumSharp;

namespace Distillation.Keras.Engine.Tests.DatasetTests;

[TestFixture]
public class IdxFileTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase(false)]
    [TestCase(true)]
    public void Bytes_are_read_plain_and_packed_whatever_the_name(bool packed)
    {
        byte[] content = SmallDataset.Idx(8, [2, 3], [1, 2, 3, 4, 5, 255]);
        using NDArray array = IdxFile.Read(_folder.Write(packed ? SmallDataset.Gzip(content) : content, "any-name"));
        Assert.Multiple(() =>
        {
            Assert.That(array.shape, Is.EqualTo(new long[] { 2, 3 }));
            Assert.That(array.typecode, Is.EqualTo(NPTypeCode.Byte));
            Assert.That(array.ToArray<byte>(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 255 }));
        });
    }

    [Test]
    public void Wider_types_are_turned_from_big_endian()
    {
        using NDArray signed = Read(0x09, [2], [0xFF, 0x01]);
        using NDArray shorts = Read(0x0B, [2], [0x01, 0x02, 0xFF, 0xFE]);
        using NDArray ints = Read(0x0C, [1, 1], [0x01, 0x02, 0x03, 0x04]);
        using NDArray floats = Read(0x0D, [1], [0x3F, 0xC0, 0x00, 0x00]);
        using NDArray doubles = Read(0x0E, [1], [0xC0, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00]);
        Assert.Multiple(() =>
        {
            Assert.That(signed.ToArray<sbyte>(), Is.EqualTo(new sbyte[] { -1, 1 }));
            Assert.That(shorts.ToArray<short>(), Is.EqualTo(new short[] { 0x0102, -2 }));
            Assert.That(ints.ToArray<int>(), Is.EqualTo(new[] { 0x01020304 }));
            Assert.That(floats.ToArray<float>(), Is.EqualTo(new[] { 1.5f }));
            Assert.That(doubles.ToArray<double>(), Is.EqualTo(new[] { -2.5 }));
        });
    }

    [Test]
    public void An_array_without_values_is_read()
    {
        using NDArray array = Read(8, [0, 28, 28], []);
        Assert.That(array.shape, Is.EqualTo(new long[] { 0, 28, 28 }));
    }

    [Test]
    public void A_missing_file_is_named() =>
        Assert.That(() => IdxFile.Read(_folder["none"]), Throws.TypeOf<FileNotFoundException>().With.Message.Contains(_folder["none"]));

    [TestCase("", "first four bytes")]
    [TestCase("000008", "first four bytes")]
    [TestCase("0100080100000001FF", "two zero bytes")]
    [TestCase("00000A0100000001FF", "0x0A")]
    [TestCase("00000800", "0 dimensions")]
    [TestCase("000008C8", "200 dimensions")]
    [TestCase("000008020000", "within its header")]
    [TestCase("00000801FFFFFFFF", "(-1)")]
    [TestCase("0000080100000003AABB", "(3)")]
    [TestCase("0000080100000001AABB", "(1)")]
    [TestCase("000008017FFFFFFFAA", "(2147483647)")]
    [TestCase("000008037FFFFFFF7FFFFFFF7FFFFFFFAA", "at most")]
    [TestCase("00000802000000007FFFFFFF", null)]
    public void A_bad_header_or_length_is_refused_with_the_path(string hex, string? reason)
    {
        string path = _folder.Write(Convert.FromHexString(hex), "bad");
        if (reason is null)
        {
            using NDArray empty = IdxFile.Read(path);
            Assert.That(empty.size, Is.Zero);
            return;
        }

        Assert.That(
            () => IdxFile.Read(path),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(path).And.Message.Contains(reason)
        );
    }

    [Test]
    public void A_packed_file_that_promises_gigabytes_is_refused_before_they_are_allocated()
    {
        string path = _folder.Write(SmallDataset.Gzip(SmallDataset.Idx(8, [2_000_000_000], [1, 2])), "bomb.gz");
        long before = GC.GetTotalAllocatedBytes();
        Assert.That(() => IdxFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("2000000000"));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(10_000_000));
    }

    [Test]
    public void A_packed_file_cut_anywhere_is_refused()
    {
        byte[] packed = SmallDataset.Gzip(SmallDataset.Idx(8, [3, 28, 28], SmallDataset.Images(3, 1)));
        Assert.Multiple(() =>
        {
            for (int length = 2; length < packed.Length; length++)
            {
                string path = _folder.Write(packed[..length], $"{length}.gz");
                Assert.That(
                    () => IdxFile.Read(path),
                    Throws.TypeOf<InvalidDataException>().With.Message.Contains(path),
                    $"cut to {length} of {packed.Length}"
                );
            }
        });
    }

    [Test]
    public void A_packed_file_with_a_changed_value_is_refused_by_its_check_sum()
    {
        byte[] random = new byte[1000];
        new Random(1).NextBytes(random);
        byte[] packed = SmallDataset.Gzip(SmallDataset.Idx(8, [1000], random));
        packed[500] ^= 0x10;
        string path = _folder.Write(packed, "changed.gz");
        Assert.That(() => IdxFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(path));
    }

    private NDArray Read(byte type, int[] dimensions, byte[] values) =>
        IdxFile.Read(_folder.Write(SmallDataset.Idx(type, dimensions, values), "file"));
}
