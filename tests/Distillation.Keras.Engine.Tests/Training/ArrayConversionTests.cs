using Distillation.Keras.Backend;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>Arrays become tensors with the same values in the same places.</summary>
public sealed class ArrayConversionTests
{
    private static IEnumerable<Array> Rectangular()
    {
        yield return new float[] { 1, 2, 3 };
        yield return new[,]
        {
            { 1f, 2, 3 },
            { 4, 5, 6 },
        };
        yield return new[,,]
        {
            {
                { 1, 2 },
                { 3, 4 },
                { 5, 6 },
            },
        };
        yield return new long[,,,]
        {
            {
                {
                    { 1, 2 },
                },
                {
                    { 3, 4 },
                },
            },
        };
        yield return new byte[,,,,]
        {
            {
                {
                    {
                        { 1, 255 },
                    },
                },
            },
        };
        yield return new[,]
        {
            { 1.5, -2.5 },
        };
        yield return new short[] { -5, 7 };
        yield return new sbyte[] { -5, 7 };
        yield return new ushort[] { 65535, 7 };
        yield return new uint[] { 4294967295, 7 };
        yield return new ulong[] { 1UL << 40, 7 };
        yield return new[] { true, false, true };
        yield return new Half[] { (Half)1.5, (Half)(-2) };
    }

    [TestCaseSource(nameof(Rectangular))]
    public void A_CSharp_array_of_any_rank_and_type_keeps_shape_and_values(Array array)
    {
        using Tensor found = TensorConversion.ToTensor(array);
        Assert.That(found.shape, Is.EqualTo(Enumerable.Range(0, array.Rank).Select(array.GetLongLength)));
        Assert.That(Values(found), Is.EqualTo(array.Cast<object>().Select(Number)));
    }

    [Test]
    public void Rows_of_rows_of_any_depth_and_type_become_one_tensor()
    {
        Array[] arrays =
        [
            new[] { new[] { 1.0, 2 }, new[] { 3.0, 4 } },
            new[] { new[] { true, false } },
            new[] { new sbyte[] { 1, -2 } },
            new[] { new[] { new[] { 1.0, 2 }, new[] { 3.0, 4 } }, new[] { new[] { 5.0, 6 }, new[] { 7.0, 8 } } },
            new[] { new[] { new[] { new[] { 1L, 2 } } } },
        ];
        long[][] shapes =
        [
            [2, 2],
            [1, 2],
            [1, 2],
            [2, 2, 2],
            [1, 1, 1, 2],
        ];
        double[][] values =
        [
            [1, 2, 3, 4],
            [1, 0],
            [1, -2],
            [1, 2, 3, 4, 5, 6, 7, 8],
            [1, 2],
        ];
        for (int i = 0; i < arrays.Length; i++)
        {
            using Tensor found = TensorConversion.ToTensor(arrays[i]);
            Assert.That(found.shape, Is.EqualTo(shapes[i]));
            Assert.That(Values(found), Is.EqualTo(values[i]));
        }
    }

    [Test]
    public void Rows_of_different_lengths_and_missing_rows_are_refused()
    {
        Assert.That(
            () => TensorConversion.ToTensor(new[] { new[] { 1f, 2 }, new[] { 3f } }),
            Throws.ArgumentException.With.Message.Contains("1 values beside one of 2")
        );
        Assert.That(
            () => TensorConversion.ToTensor(new[] { new[] { 1f, 2 }, null! }),
            Throws.ArgumentException.With.Message.Contains("null")
        );
        Assert.That(
            () => TensorConversion.ToTensor(new[] { "a", "b" }),
            Throws.ArgumentException.With.Message.Contains("numbers").And.Message.Contains("String")
        );
        Assert.That(() => TensorConversion.ToTensor(new[] { new[] { "a" } }), Throws.ArgumentException.With.Message.Contains("numbers"));
        Assert.That(
            () => TensorConversion.ToTensor(np.array(new ulong[] { 1, 1UL << 63 })),
            Throws.ArgumentException.With.Message.Contains("UInt64")
        );
        Assert.That(
            () => TensorConversion.ToTensor(new ulong[] { 1, ulong.MaxValue }),
            Throws.ArgumentException.With.Message.Contains("UInt64")
        );
        Assert.That(
            () => TensorConversion.ToTensor(np.array(new decimal[] { 1 })),
            Throws.ArgumentException.With.Message.Contains("Decimal")
        );
    }

    [Test]
    public void Empty_arrays_keep_their_shape()
    {
        using Tensor rectangular = TensorConversion.ToTensor(new float[0, 4]);
        using Tensor jagged = TensorConversion.ToTensor(Array.Empty<float[]>());
        Assert.That(rectangular.shape, Is.EqualTo(new long[] { 0, 4 }));
        Assert.That(jagged.shape, Is.EqualTo(new long[] { 0, 0 }));
    }

    private static IEnumerable<TestCaseData> Views()
    {
        static TestCaseData Case(string name, Func<NDArray, NDArray> view, params int[] values) =>
            new TestCaseData(view, values).SetArgDisplayNames(name);
        yield return Case("whole", a => a, [.. Enumerable.Range(0, 12)]);
        yield return Case("rows", a => a["1:3"], 4, 5, 6, 7, 8, 9, 10, 11);
        yield return Case("columns", a => a[":,1:3"], 1, 2, 5, 6, 9, 10);
        yield return Case("one column", a => a[":,2"], 2, 6, 10);
        yield return Case("one row", a => a[1], 4, 5, 6, 7);
        yield return Case("reversed", a => a["::-1"], 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
        yield return Case("reversed columns", a => a[":,::-1"], 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8);
        yield return Case("transposed", a => a.T, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
        yield return Case("row of a transposed", a => a.T["1:2"], 1, 5, 9);
        yield return Case("Fortran order", a => np.asfortranarray(a), [.. Enumerable.Range(0, 12)]);
        yield return Case("broadcast", a => np.broadcast_to(a["0:1"], new NumSharp.Shape(2, 4)), 0, 1, 2, 3, 0, 1, 2, 3);
        yield return Case("reshaped slice", a => a["1:3"].reshape(4, 2), 4, 5, 6, 7, 8, 9, 10, 11);
    }

    [TestCaseSource(nameof(Views))]
    public void A_view_of_an_NDArray_gives_its_own_values(Func<NDArray, NDArray> view, int[] values)
    {
        using NDArray whole = np.arange(12).reshape(3, 4).astype(NPTypeCode.Single);
        NDArray seen = view(whole);
        using Tensor found = TensorConversion.ToTensor(seen);
        Assert.That(found.shape, Is.EqualTo(seen.shape));
        Assert.That(Values(found), Is.EqualTo(values));
    }

    [Test]
    public void The_array_is_copied_and_may_change_or_go()
    {
        NDArray array = np.array(new[] { 1f, 2 });
        using Tensor found = TensorConversion.ToTensor(array);
        array[0] = 9f;
        array.Dispose();
        Assert.That(Values(found), Is.EqualTo(new[] { 1.0, 2 }));
    }

    [Test]
    public void Tensors_of_every_type_and_layout_become_arrays_and_come_back()
    {
        foreach (ScalarType type in new[] { float32, float64, int32, int64, uint8, int8, int16, ScalarType.Bool, float16 })
        {
            using Tensor tensor = arange(6).reshape(2, 3).t().to(type);
            using NDArray array = TensorConversion.ToNDArray(tensor);
            using Tensor back = TensorConversion.ToTensor(array);
            Assert.That(array.shape, Is.EqualTo(new long[] { 3, 2 }));
            Assert.That(back.dtype, Is.EqualTo(type));
            Assert.That(Values(back), Is.EqualTo(Values(tensor)));
        }

        using Tensor brain = tensor(new[] { 1.5f, 3e38f }, dtype: bfloat16);
        using NDArray wide = TensorConversion.ToNDArray(brain);
        Assert.That(wide.ToArray<float>(), Is.EqualTo(brain.to(float32).data<float>().ToArray()));
        using Tensor complex = zeros(2, dtype: complex64);
        Assert.That(() => TensorConversion.ToNDArray(complex), Throws.ArgumentException.With.Message.Contains("float32"));
        using Tensor recorded = ones(2).requires_grad_();
        using NDArray plain = TensorConversion.ToNDArray(recorded);
        Assert.That(plain.ToArray<float>(), Is.EqualTo(new[] { 1f, 1f }));
    }

    private static double Number(object value) =>
        value is bool b ? (b ? 1 : 0)
        : value is Half h ? (double)h
        : Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);

    private static double[] Values(Tensor tensor) => [.. tensor.to(float64).contiguous().data<double>()];
}
