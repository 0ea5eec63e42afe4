namespace Distillation.Keras.Engine.Tests;

public sealed class ShapeAndSizeTests
{
    [Test]
    public void Shapes_come_from_numbers_tuples_and_arrays()
    {
        Shape[] same3 =
        [
            (28, 28, 1),
            new[] { 28, 28, 1 },
            new int?[] { 28, 28, 1 },
            Tuple.Create(28, 28, 1),
            new Shape(28, 28, 1),
            Shape.FromSizes([28, 28, 1]),
        ];
        Assert.That(same3, Is.All.EqualTo(same3[0]));
        Assert.That(same3.Select(s => s.GetHashCode()).Distinct().Count(), Is.EqualTo(1));
        Assert.That(((Shape)5).ToString(), Is.EqualTo("(5,)"));
        Assert.That(((Shape)(null, 28)).ToString(), Is.EqualTo("(None, 28)"));
        Assert.That(Shape.Scalar.ToString(), Is.EqualTo("()"));
        Assert.That(((Shape)(1, 2, 3, 4)).ToSizes(), Is.EqualTo(new long[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void A_shape_knows_its_sizes_as_far_as_they_are_known()
    {
        Shape shape = (null, 28, 3);
        Assert.That(shape.IsFullyKnown, Is.False);
        Assert.That(shape.ElementCount, Is.Null);
        Assert.That(shape.With(0, 2).ElementCount, Is.EqualTo(168));
        Assert.That(shape.With(-1, 7), Is.EqualTo((Shape)(null, 28, 7)));
        Assert.That(shape[-1], Is.EqualTo(3));
        Assert.That(shape.IsCompatibleWith((9, 28, 3)), Is.True);
        Assert.That(shape.IsCompatibleWith((9, 27, 3)), Is.False);
        Assert.That(shape.IsCompatibleWith((9, 28)), Is.False);
        Assert.That(shape == new Shape([null, 28, 3]), Is.True);
        Assert.That(shape != (Shape)(28, 3), Is.True);
        Assert.That(((Shape)(28, 3)).WithBatch(), Is.EqualTo(shape));
    }

    [Test]
    public void Shapes_refuse_negative_sizes_and_axes_that_are_not_there()
    {
        Assert.That(() => (Shape)(2, -1), Throws.ArgumentException.With.Message.Contains("-1"));
        Assert.That(() => ((Shape)5)[1], Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("1 axes"));
        Assert.That(() => ((Shape)5).With(1, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Shape.Scalar.With(0, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ((Shape)(null, 2)).ToSizes(), Throws.InvalidOperationException.With.Message.Contains("(None, 2)"));
        Assert.That(() => ((Shape)(null, 2)).Known(0, "Dense"), Throws.ArgumentException.With.Message.Contains("Dense"));
        Assert.That(() => (Shape)(int[])null!, Throws.ArgumentNullException);
        Assert.That(() => (Shape)(Tuple<int, int>)null!, Throws.ArgumentNullException);
    }

    [Test]
    public void Sizes_come_from_numbers_tuples_and_arrays_and_expand()
    {
        Size[] same = [(3, 3), new[] { 3, 3 }, Tuple.Create(3, 3), new Size(3, 3), ((Size)3).Expand(2, "kernel_size")];
        Assert.That(same, Is.All.EqualTo(same[0]));
        Assert.That(((Size)(1, 2, 3)).ToString(), Is.EqualTo("(1, 2, 3)"));
        Assert.That(((Size)3).ToString(), Is.EqualTo("3"));
        Assert.That(
            () => ((Size)(3, 3)).Expand(3, "strides"),
            Throws.ArgumentException.With.Message.Contains("'strides'").And.Message.Contains("(3, 3)")
        );
        Assert.That(() => ((Size)0).Expand(2, "strides"), Throws.ArgumentException.With.Message.Contains("positive"));
        Assert.That(() => new Size(), Throws.ArgumentException);
        Assert.That(() => ((Size)3)[1], Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
