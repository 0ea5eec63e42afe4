using Distillation.Keras.Layers;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Sizes that are computed from others do not wrap around: they are refused, with the layer's name.</summary>
public sealed class LayerSizeTests
{
    private static void Refused(Func<object> call, params string[] parts)
    {
        string message = Assert.Catch<ArgumentException>(() => call())!.Message;
        foreach (string part in parts)
        {
            Assert.That(message, Does.Contain(part));
        }
    }

    [Test]
    public void A_flattened_image_that_no_axis_can_hold_is_refused() =>
        Refused(() => new Sequential(new Input(70000, 70000), new Flatten(name: "flat")), "'flat'", "4900000000", "(None, 70000, 70000)");

    [Test]
    public void A_flattened_image_of_more_elements_than_a_long_counts_is_refused() =>
        Refused(() => new Sequential(new Input(int.MaxValue, int.MaxValue, int.MaxValue), new Flatten()), "9903520300447984150353281023");

    [Test]
    public void The_largest_axis_is_flattened() =>
        Assert.That(new Flatten().ComputeOutputShape(new Shape([null, int.MaxValue, 1])), Is.EqualTo(new Shape([null, int.MaxValue])));

    [TestCase(int.MaxValue, 0)]
    [TestCase(0, int.MaxValue)]
    [TestCase(int.MaxValue, int.MaxValue)]
    public void Padding_that_no_axis_can_hold_is_refused(int rows, int columns) =>
        Refused(() => new Sequential(new Input(28, 28, 1), new ZeroPadding2D((rows, columns), name: "pad")), "'pad'", "(None, 28, 28, 1)");

    [Test]
    public void Reshaping_is_computed_without_wrapping_around()
    {
        // 65,536 to the power of four is 0 in a long.
        Refused(() => new Reshape((65536, 65536, 65536, 65536)).ComputeOutputShape(new Shape([null, 0])), "18446744073709551616");
        Refused(() => new Reshape(-1, name: "r").ComputeOutputShape(new Shape([null, 70000, 70000])), "'r'", "4900000000");
        Assert.That(
            new Reshape((70000, -1)).ComputeOutputShape(new Shape([null, 70000, 70000])),
            Is.EqualTo(new Shape([null, 70000, 70000]))
        );
    }

    [Test]
    public void Concatenated_axes_that_no_axis_can_hold_are_refused()
    {
        KerasTensor a = new Input(int.MaxValue);
        KerasTensor b = new Input(1);
        Refused(() => new Concatenate(name: "both").Apply(a, b), "'both'", "2147483648");
    }

    [Test]
    public void A_window_is_measured_without_wrapping_around()
    {
        // 2^16 points 2^16 apart reach over 2^32 - 2^16 + 1 pixels, which is 1 - 2^16 in an int.
        Refused(
            () => new Sequential(new Input(28, 28, 1), new Conv2D(1, 65536, dilation_rate: 65536, name: "wide")),
            "'wide'",
            "larger than the image"
        );
        Assert.That(
            new MaxPooling2D(2, strides: int.MaxValue, padding: "same").ComputeOutputShape(new Shape([null, int.MaxValue, 3, 1])),
            Is.EqualTo(new Shape([null, 1, 1, 1]))
        );
    }

    [Test]
    public void A_shape_says_when_its_elements_cannot_be_counted()
    {
        Assert.That(new Shape(int.MaxValue, int.MaxValue).ElementCount, Is.EqualTo(4611686014132420609));
        Assert.That(
            () => new Shape(int.MaxValue, int.MaxValue, 3).ElementCount,
            Throws.InstanceOf<OverflowException>().With.Message.Contains("13835058042397261827")
        );
        Assert.That(new Shape([null, 3]).ElementCount, Is.Null);
        Assert.That(Shape.Scalar.ElementCount, Is.EqualTo(1));
    }

    [Test]
    public void A_tensor_with_an_axis_too_long_for_a_shape_is_refused_in_words() =>
        Assert.That(() => Shape.FromSizes([3_000_000_000]), Throws.ArgumentException.With.Message.Contains("3000000000"));
}
