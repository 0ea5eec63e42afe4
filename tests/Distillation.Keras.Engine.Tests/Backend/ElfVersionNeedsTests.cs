using Distillation.Keras.Backend;

namespace Distillation.Keras.Engine.Tests.Backend;

public class ElfVersionNeedsTests
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string Marker = "_ZSt21ios_base_library_initv";

    private static readonly SyntheticElf Library = new([("GLIBCXX_3.4", 0), (Version, 0)], [("_ZNSo3putEc", 0), (Marker, 1)]);

    [Test]
    public void The_entry_of_the_version_is_marked_weak_and_nothing_else_changes()
    {
        byte[] image = Library.Image;
        ElfCorrection correction = ElfVersionNeeds.MarkWeak(image, Version, Marker);

        image[Library.FirstFlagsOffset + 16] |= 2;
        Assert.That(correction.Status, Is.EqualTo(ElfCorrectionStatus.Corrected), correction.Detail);
        Assert.That(correction.Image, Is.EqualTo(image));
    }

    [Test]
    public void The_original_bytes_are_not_touched()
    {
        byte[] image = Library.Image;
        ElfVersionNeeds.MarkWeak(image, Version, Marker);
        Assert.That(image, Is.EqualTo(Library.Image));
    }

    [Test]
    public void A_corrected_library_needs_no_second_correction()
    {
        byte[]? corrected = ElfVersionNeeds.MarkWeak(Library.Image, Version, Marker).Image;
        Assert.That(ElfVersionNeeds.MarkWeak(corrected, Version, Marker).Status, Is.EqualTo(ElfCorrectionStatus.AlreadyWeak));
    }

    [Test]
    public void A_library_that_does_not_ask_for_the_version_is_left_alone()
    {
        byte[] image = new SyntheticElf([("GLIBCXX_3.4", 0)], [("_ZNSo3putEc", 0)]).Image;
        Assert.That(Status(image), Is.EqualTo(ElfCorrectionStatus.VersionNotNeeded));
    }

    [Test]
    public void A_library_that_calls_something_of_the_version_is_refused_and_the_symbol_named()
    {
        byte[] image = new SyntheticElf([(Version, 0)], [(Marker, 0), ("_ZNSt6chrono3fooEv", 0)]).Image;
        ElfCorrection correction = ElfVersionNeeds.MarkWeak(image, Version, Marker);
        Assert.That(correction.Status, Is.EqualTo(ElfCorrectionStatus.VersionInUse));
        Assert.That(correction.Detail, Does.Contain("_ZNSt6chrono3fooEv"));
        Assert.That(correction.Image, Is.Null);
    }

    [Test]
    public void A_library_whose_symbols_cannot_be_read_is_refused()
    {
        byte[] image = new SyntheticElf([(Version, 0)], [(Marker, 0)], hash: false).Image;
        Assert.That(Status(image), Is.EqualTo(ElfCorrectionStatus.Malformed));
    }

    [Test]
    public void A_file_that_is_no_ELF_file_is_named_so()
    {
        Assert.That(Status([]), Is.EqualTo(ElfCorrectionStatus.NotElf));
        Assert.That(Status("MZ and the rest of a Windows library"u8.ToArray()), Is.EqualTo(ElfCorrectionStatus.NotElf));
    }

    [TestCase(4, 1, Description = "32-bit")]
    [TestCase(5, 2, Description = "big-endian")]
    public void An_ELF_file_of_another_kind_is_named_so(int position, byte value)
    {
        byte[] image = Library.Image;
        image[position] = value;
        Assert.That(Status(image), Is.EqualTo(ElfCorrectionStatus.UnsupportedElf));
    }

    [Test]
    public void A_file_cut_at_any_length_is_answered_without_an_exception()
    {
        byte[] image = Library.Image;
        for (int length = 0; length < 0x600; length++)
        {
            ElfCorrectionStatus status = Status(image[..length]);
            Assert.That(
                status,
                Is.AnyOf(ElfCorrectionStatus.NotElf, ElfCorrectionStatus.Malformed, ElfCorrectionStatus.VersionNotNeeded),
                $"cut at {length}"
            );
        }
    }

    [Test]
    public void Damaged_bytes_are_answered_without_an_exception()
    {
        var random = new Random(1);
        byte[] image = Library.Image;
        byte[] whole = Library.Image;
        for (int round = 0; round < 20_000; round++)
        {
            whole.CopyTo(image, 0);
            for (int i = 0; i < 4; i++)
            {
                image[random.Next(32, 0x600)] = (byte)random.Next(256);
            }

            ElfVersionNeeds.MarkWeak(image, Version, Marker);
        }
    }

    [Test, Platform("Linux")]
    public void Of_TorchSharps_own_library_one_bit_changes()
    {
        byte[] original = File.ReadAllBytes(TorchSharpLibrary.Path);
        ElfCorrection correction = TorchSharpCorrection.Correct(original);
        Assert.That(correction.Status, Is.EqualTo(ElfCorrectionStatus.Corrected), correction.Detail);
        var different = Enumerable.Range(0, original.Length).Where(i => original[i] != correction.Image![i]).ToList();
        Assert.That(different, Has.Count.EqualTo(1));
        Assert.That(original[different[0]] ^ correction.Image![different[0]], Is.EqualTo(2));
    }

    private static ElfCorrectionStatus Status(byte[] image) => ElfVersionNeeds.MarkWeak(image, Version, Marker).Status;
}
