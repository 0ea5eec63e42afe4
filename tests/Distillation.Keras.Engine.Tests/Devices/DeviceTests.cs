using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Devices;

/// <summary>Devices by their names, and those that are not there.</summary>
public sealed class DeviceTests
{
    [TestCase("cpu", "cpu", 0, "cpu")]
    [TestCase("CPU:0", "cpu", 0, "cpu")]
    [TestCase("cuda", "cuda", 0, "cuda:0")]
    [TestCase("cuda:1", "cuda", 1, "cuda:1")]
    [TestCase("CUDA:12", "cuda", 12, "cuda:12")]
    public void A_name_is_read(string name, string type, int index, string text)
    {
        Device device = name;
        Assert.That((device.Type, device.Index, device.ToString()), Is.EqualTo((type, index, text)));
        Assert.That(device, Is.EqualTo(Device.Parse(text)));
        Assert.That(device.GetHashCode(), Is.EqualTo(Device.Parse(text).GetHashCode()));
    }

    [TestCase("gpu")]
    [TestCase("cuda0")]
    [TestCase("")]
    [TestCase("cpu:1")]
    [TestCase("cuda:")]
    [TestCase("cuda:-1")]
    [TestCase("cuda:1:2")]
    [TestCase("cuda: 1")]
    [TestCase("cuda:99999999999")]
    [TestCase("meta")]
    public void Another_name_is_refused_with_those_that_there_are(string name) =>
        Assert.That(
            () => Device.Parse(name),
            Throws.ArgumentException.With.Message.Contains("A device is \"cpu\", \"cuda\"").And.Message.Contains($"\"{name}\" was given")
        );

    [Test]
    public void Where_float64_is_missing_that_is_said() =>
        Assert.That(() => Device.Parse("mps"), Throws.ArgumentException.With.Message.Contains("has no float64"));

    [Test]
    public void Devices_are_equal_by_type_and_number()
    {
        Assert.That(Device.Parse("cuda:1"), Is.Not.EqualTo(Device.Parse("cuda:2")));
        Assert.That(Device.Parse("cuda:0"), Is.Not.EqualTo(Device.Cpu));
        Assert.That(Device.Parse("cpu"), Is.SameAs(Device.Cpu));
    }

    [Test]
    public void TorchSharps_devices_convert_both_ways()
    {
        Device first = new torch.Device(DeviceType.CUDA, -1);
        Device second = new torch.Device("cuda:1");
        Device host = CPU;
        torch.Device back = second;

        Assert.That((first.ToString(), second.ToString(), host), Is.EqualTo(("cuda:0", "cuda:1", Device.Cpu)));
        Assert.That((back.type, back.index), Is.EqualTo((DeviceType.CUDA, 1)));
        Assert.That((Device?)(torch.Device?)null, Is.Null);
        Assert.That((torch.Device?)(Device?)null, Is.Null);
        Assert.That(() => (Device)META, Throws.ArgumentException.With.Message.Contains("A device is \"cpu\""));
    }

    [Test]
    public void Whether_a_device_is_there_is_told_before_it_is_used()
    {
        Assert.That(Device.Cpu.IsAvailable, Is.True);
        Assert.That(Device.Parse("cuda").IsAvailable, Is.EqualTo(cuda.is_available()));
        Assert.That(Device.Parse("cuda:1000").IsAvailable, Is.False);
    }

    [Test]
    public void A_gpu_that_is_not_there_is_refused_with_what_it_takes()
    {
        Assert.That(
            CudaDevices.Refusal(0, 0, NativePackages.CudaRemedy("linux-x64")),
            Does.Contain("finds none here")
                .And.Contain("dotnet add package TorchSharp-cuda-linux")
                .And.Contain("NVIDIA GPU with its driver")
        );
        Assert.That(CudaDevices.Refusal(0, 0, NativePackages.CudaRemedy("win-x64")), Does.Contain("TorchSharp-cuda-windows"));
        Assert.That(
            CudaDevices.Refusal(0, 0, NativePackages.CudaRemedy("osx-arm64")),
            Does.Contain("no native TorchSharp package on osx-arm64")
        );
        Assert.That(
            CudaDevices.Refusal(2, 2, string.Empty),
            Does.Contain("\"cuda:2\" is not there").And.Contain("finds 2 here").And.Contain("\"cuda:0\" to \"cuda:1\"")
        );
        Assert.That(CudaDevices.Refusal(1, 2, string.Empty), Is.Null);
    }
}
