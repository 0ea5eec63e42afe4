namespace Distillation.Keras.Engine.Tests.Training;

/// <content>Numbers that a type cannot hold.</content>
public sealed partial class DataTypeTests
{
    private static IEnumerable<TestCaseData> Lossy()
    {
        static TestCaseData Case(string dtype, Array x, params string[] parts) =>
            new TestCaseData(dtype, x, parts).SetArgDisplayNames($"{x.GetType()} for {dtype}: {parts[0]}");
        yield return Case(
            "uint8",
            new[,]
            {
                { 0f, 0.5f },
            },
            "0.5",
            "uint8",
            "fractions"
        );
        yield return Case(
            "uint8",
            new[,]
            {
                { 0.0, 254.75 },
            },
            "254.75",
            "fractions"
        );
        yield return Case(
            "uint8",
            new[,]
            {
                { 0f, 256f },
            },
            "256",
            "0 to 255"
        );
        yield return Case(
            "uint8",
            new[,]
            {
                { 0, 300 },
            },
            "300",
            "0 to 255"
        );
        yield return Case(
            "uint8",
            new[,]
            {
                { 0, -1 },
            },
            "-1",
            "0 to 255"
        );
        yield return Case(
            "uint8",
            new sbyte[,]
            {
                { 0, -1 },
            },
            "-1",
            "0 to 255"
        );
        yield return Case(
            "int32",
            new[,]
            {
                { 0L, 1L << 40 },
            },
            "1.09951163E+12",
            "int32"
        );
        yield return Case(
            "int32",
            new[,]
            {
                { 0, 3e9f },
            },
            "3E+09",
            "int32"
        );
        yield return Case(
            "int32",
            new[,]
            {
                { 0, -1.5f },
            },
            "-1.5",
            "fractions"
        );
        yield return Case(
            "int64",
            new[,]
            {
                { 0, 1e19 },
            },
            "1E+19",
            "int64"
        );
        yield return Case(
            "int64",
            new[,]
            {
                { (Half)0, (Half)0.25 },
            },
            "0.25",
            "fractions"
        );
        yield return Case(
            "bool",
            new[,]
            {
                { 0, 2 },
            },
            "2",
            "bool"
        );
        yield return Case(
            "bool",
            new[,]
            {
                { 0, 0.5f },
            },
            "0.5",
            "fractions"
        );
        yield return Case(
            "float32",
            new[,]
            {
                { 0, 1e300 },
            },
            "1E+300",
            "float32"
        );
        yield return Case(
            "float32",
            new[,]
            {
                { -1e39, 0 },
            },
            "-1E+39",
            "float32"
        );
        yield return Case(
            "float64",
            new[,]
            {
                { 0, 1e300 },
            },
            "1E+300",
            "float32"
        );
    }
}
