using System.Text;
using Distillation.Keras.Conformance;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Conformance;

/// <summary>Reading NumPy's arrays.</summary>
public class NpyArrayTests
{
    private static NpyArray Read(string header, params byte[] data)
    {
        byte[] text = Encoding.ASCII.GetBytes(header.PadRight(117) + "\n");
        byte[] bytes = [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text, .. data];
        return NpyArray.Read(new MemoryStream(bytes), "a");
    }

    [Test]
    public void Elements_types_and_shapes_are_kept()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor array = Read("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }", 1, 0, 2, 0, 3, 0, 255, 255).ToTensor();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(array.dtype, Is.EqualTo(ScalarType.Int16));
            Assert.That(array.shape, Is.EqualTo((long[])[2, 2]));
            Assert.That(array.data<short>().ToArray(), Is.EqualTo((short[])[1, 2, 3, -1]));
        }
    }

    [Test]
    public void Fortran_order_becomes_row_major() =>
        Assert.That(
            Read("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", 1, 4, 2, 5, 3, 6).ToBytes(),
            Is.EqualTo((byte[])[1, 2, 3, 4, 5, 6])
        );

    [Test]
    public void A_scalar_has_no_axes() =>
        Assert.That(Read("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", BitConverter.GetBytes(1.5f)).Shape, Is.Empty);

    [Test]
    public void An_empty_array_can_be_read() =>
        Assert.That(Read("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }").Shape, Is.EqualTo((long[])[0, 3]));

    [TestCase("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "of type >f4")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "has 8 bytes, but there are 4")]
    [TestCase("{'descr': '<f4', 'shape': (1,), }", "no 'fortran_order'")]
    public void What_is_not_in_the_form_is_refused(string header, string why) =>
        Assert.That(() => Read(header, 0, 0, 0, 0), Throws.TypeOf<FixtureException>().With.Message.Contains(why));

    [Test]
    public void Other_bytes_are_refused() =>
        Assert.That(() => NpyArray.Read(new MemoryStream(new byte[100]), "a"), Throws.TypeOf<FixtureException>());
}
