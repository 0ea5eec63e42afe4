using Distillation.Keras.Layers;
using NumSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>Every part of an array that NumSharp can show gives its own numbers, wherever an array comes in.</summary>
public sealed class ArrayViewTests
{
    private static readonly NPTypeCode[] Types =
    [
        NPTypeCode.Single,
        NPTypeCode.Double,
        NPTypeCode.Half,
        NPTypeCode.Byte,
        NPTypeCode.SByte,
        NPTypeCode.Int16,
        NPTypeCode.UInt16,
        NPTypeCode.Int32,
        NPTypeCode.UInt32,
        NPTypeCode.Int64,
        NPTypeCode.UInt64,
        NPTypeCode.Boolean,
    ];

    private static IEnumerable<TestCaseData> Views()
    {
        static TestCaseData Case(string name, Func<NDArray, NDArray> view) => new TestCaseData(view).SetArgDisplayNames(name);
        yield return Case("whole", a => a);
        yield return Case("rows from the start", a => a["0:5"]);
        yield return Case("one row from the start", a => a["0:1"]);
        yield return Case("rows from the middle", a => a["2:5"]);
        yield return Case("rows to the end", a => a["-2:"]);
        yield return Case("a slice of a slice", a => a["1:5"]["0:2"]);
        yield return Case("the end of a slice", a => a["2:5"]["1:"]);
        yield return Case("every second row", a => a["0:6:2"]);
        yield return Case("rows backwards", a => a["::-1"]);
        yield return Case("every second row backwards", a => a["::-2"]);
        yield return Case("rows and columns backwards", a => a["::-1,::-1"]);
        yield return Case("columns from the start", a => a[":,0:2"]);
        yield return Case("columns from the middle", a => a[":,1:3"]);
        yield return Case("every second column", a => a[":,::2"]);
        yield return Case("transposed", a => a.T);
        yield return Case("rows of a transposed one", a => a.T["0:2"]);
        yield return Case("a transposed slice backwards", a => a["1:3"].T["::-1"]);
        yield return Case("swapped axes", a => np.swapaxes(a, 0, 1)["1:3"]);
        yield return Case("Fortran order", a => a.copy('F'));
        yield return Case("rows of Fortran order", a => a.copy('F')["0:3"]);
        yield return Case("new Slice", a => a[new Slice(0, 3)]);
        yield return Case("two new Slices", a => a[new Slice(1, 5, 2), new Slice(0, 2)]);
        yield return Case("mask", a => a[np.array(new[] { true, false, true, false, true, false })]);
        yield return Case("chosen rows", a => a[np.array(new[] { 3, 1, 1 })]);
        yield return Case("broadcast row", a => np.broadcast_to(a["1:2"], new NumSharp.Shape(5, 4)));
        yield return Case("broadcast column", a => np.broadcast_to(a[":,1:2"], new NumSharp.Shape(6, 3)));
        yield return Case("rows of a broadcast one", a => np.broadcast_to(a["0:1"], new NumSharp.Shape(5, 4))["0:3"]);
        yield return Case("one value for all", a => np.broadcast_to(a["1:2,1:2"], new NumSharp.Shape(3, 2)));
        yield return Case("reshaped slice", a => a["0:3"].reshape(2, 6));
        yield return Case("new axis", a => np.expand_dims(a["0:3"], 2));
        yield return Case("reordered axes", a => a.reshape(2, 3, 4).transpose([2, 0, 1])["0:3"]);
    }

    // Value by value, as NumSharp itself reads them.
    private static double[] Values(NDArray array)
    {
        long[] shape = array.shape;
        double[] values = new double[array.size];
        for (long i = 0; i < values.Length; i++)
        {
            long[] index = new long[shape.Length];
            for (long rest = i, axis = shape.Length - 1; axis >= 0; rest /= shape[axis], axis--)
            {
                index[axis] = rest % shape[axis];
            }

            object value = array.GetValue(index);
            values[i] = value is Half half ? (double)half : Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);
        }

        return values;
    }

    [TestCaseSource(nameof(Views))]
    public void A_model_is_given_the_numbers_that_a_view_shows(Func<NDArray, NDArray> view)
    {
        foreach (NPTypeCode type in Types)
        {
            using NDArray whole = np.arange(24).reshape(6, 4).astype(type);
            NDArray shown = view(whole);
            int?[] sample = [.. shown.shape.Skip(1).Select(n => (int?)n)];
            var same = new Sequential(new Input(new Shape(sample)), new Rescaling(1));
            using NDArray found = same.Predict(shown);
            Assert.That(found.shape, Is.EqualTo(shown.shape), $"{type}");
            Assert.That(found.ToArray<float>(), Is.EqualTo(Values(shown)), $"{type}");
        }
    }

    [TestCaseSource(nameof(Views))]
    public void Labels_that_a_view_shows_become_their_own_rows(Func<NDArray, NDArray> view)
    {
        using NDArray whole = np.arange(24).reshape(6, 4).astype(NPTypeCode.Byte);
        NDArray shown = view(whole);
        using NDArray rows = Utils.ToCategorical(shown, 24);
        double[] flat = rows.ToArray<double>();
        int[] found = [.. Enumerable.Range(0, (int)shown.size).Select(i => Array.IndexOf(flat, 1.0, 24 * i, 24) - (24 * i))];
        Assert.That(found, Is.EqualTo(Values(shown)));
    }

    [Test]
    public void Slices_from_the_start_do_for_everything_that_takes_an_array()
    {
        NDArray x = np.array(Make((i, j) => i < 10 ? X[i, j] : 99, 16, 2))["0:10"];
        NDArray y = np.array(Make((i, j) => i < 10 ? Y[i, j] : 99, 16, 1))["0:10"];
        NDArray ones = np.array(Enumerable.Range(0, 16).Select(i => i < 10 ? 1f : 99f).ToArray())["0:10"];
        Model model = Model();
        double loss = model.Evaluate(X, Y).Loss;
        Assert.That(model.Evaluate(x, y, sample_weight: ones).Loss, Is.EqualTo(loss).Within(1e-6));
        History history = model.Fit(x, y, batch_size: 4, verbose: 0, shuffle: false, sample_weight: ones, validation_data: (x, y, ones));
        var byHand = new LinearProblem();
        byHand.Epoch(0, 10, 4);
        byHand.AssertWeights(model);
        Assert.That(history["val_loss"][0], Is.EqualTo(model.Evaluate(X, Y).Loss).Within(1e-6));

        model.SetWeights([np.array(new[] { 0.5f, -0.25f, 9, 9 })["0:2"].reshape(2, 1), np.array(new[] { 0f, 9 })["0:1"]]);
        Assert.That(model.Evaluate(X, Y).Loss, Is.EqualTo(loss).Within(1e-6));
        using NDArray right = MetricFunctions.Accuracy(np.array(new[] { 1, 2, 3, 4 })["0:3"], np.array(new[] { 1, 0, 3, 4 })["0:3"]);
        Assert.That(right.ToArray<float>(), Is.EqualTo(new[] { 1f, 0, 1 }));
        using NDArray oneHot = Utils.ToCategorical(np.array(new[] { 1, 0, 7 })["0:2"]);
        Assert.That(oneHot.ToArray<double>(), Is.EqualTo(new double[] { 0, 1, 1, 0 }));
    }

    [Test]
    public void Arrays_without_numbers_are_refused_in_words()
    {
        Model model = Model();
        Assert.That(() => model.Predict(np.array(X)["0:0"]), Throws.ArgumentException.With.Message.Contains("at least one sample"));
        Assert.That(() => model.Predict(NDArray.Scalar(1f)), Throws.ArgumentException.With.Message.Contains("()"));
        Assert.That(
            () => model.Predict(new NDArray(NPTypeCode.Single)),
            Throws.ArgumentException.With.Message.Contains("made without a shape")
        );
        Assert.That(
            () => model.SetWeights([new NDArray(NPTypeCode.Single), np.zeros(new NumSharp.Shape(1))]),
            Throws.ArgumentException.With.Message.Contains("made without a shape")
        );
        Assert.That(
            () => Utils.ToCategorical(new NDArray(NPTypeCode.Single)),
            Throws.ArgumentException.With.Message.Contains("made without a shape")
        );
        foreach (NPTypeCode type in new[] { NPTypeCode.Decimal, NPTypeCode.Char, NPTypeCode.Complex })
        {
            Assert.That(
                () => model.Predict(np.zeros(new NumSharp.Shape(3, 2), type)),
                Throws.ArgumentException.With.Message.Contains($"{type}")
            );
        }
    }
}
